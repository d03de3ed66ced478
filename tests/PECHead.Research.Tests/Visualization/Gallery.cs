using PECHead.Research.Data;
using PECHead.Research.Visualization;
using static TorchSharp.torch;
using Chart = Plotly.NET.CSharp.Chart;

namespace PECHead.Research.Tests.Visualization;

/// <summary>Every kind of figure once, from inputs that are made of formulas.</summary>
internal static class Gallery
{
    /// <summary>All of them; call within a dispose scope.</summary>
    public static IReadOnlyList<(string Name, Figure Figure)> Figures()
    {
        var (source, driving) = (DrawnFace.Frame(), DrawnFace.Frame(0.18, 0.06, 0.065));
        var (sourceImage, drivingImage) = (FrameImage.FromTensor(source), FrameImage.FromTensor(driving));
        var (offsets, modulation) = DrawnFace.Offsets();
        var deformation = DrawnFace.Deformation();
        var clip = stack([.. Enumerable.Range(0, 12).Select(t => DrawnFace.Frame(0.2 * Math.Sin(t / 2.0), 0, 0.02 + 0.004 * t))]);
        var noisy = (driving + 0.08 * sin(100 * driving)).clamp(0, 1);
        var panel = new ImagePanel(["source", "driving", "flow"]) { Title = "A panel", Captions = ["Rows are pairs."] };
        panel.AddRow("first pair", sourceImage, drivingImage, FlowColors.Render(deformation));
        panel.AddRow("second pair", drivingImage, sourceImage, FlowColors.Render(deformation));
        return
        [
            ("panel", panel),
            ("grid", new ImageGrid(clip, [.. Enumerable.Range(0, 12).Select(t => $"t = {t}")]) { Columns = 6, CellWidth = 110, Title = "Frames of a clip" }),
            ("keypoints", new KeypointFigure(source, DrawnFace.Keypoints()) { Title = "Keypoints" }),
            ("correspondences", new CorrespondenceFigure(sourceImage, DrawnFace.Keypoints(), drivingImage, DrawnFace.Keypoints(0.18, 0.06)) { Title = "The same points in both frames" }),
            ("landmarks", new FigureGrid(
                new LandmarkFigure(DrawnFace.Landmarks(), sourceImage) { Title = "68 landmarks" },
                new LandmarkFigure(DrawnFace.Landmarks(0.18, 0.06), reference: DrawnFace.Landmarks()) { Title = "Driving over source (grey)", Numbered = true, Size = 520 })),
            ("flow", new FlowFigure(deformation) { Title = "Flow" }),
            ("quiver", new QuiverFigure(deformation, source) { Title = "Flow as arrows" }),
            ("quiver-blank", new QuiverFigure(deformation) { Title = "Flow as arrows, no frame" }),
            ("warped-grid", new WarpedGridFigure(deformation, sourceImage) { Title = "Deformation as a grid" }),
            ("occlusion", new HeatMapFigure(DrawnFace.Occlusion(), sourceImage) { Title = "Occlusion", Label = "visible" }),
            ("heatmaps", new ChannelGrid(DrawnFace.Heatmaps()) { Title = "Keypoint heatmaps", Columns = 5 }),
            ("heatmaps-over", new ChannelGrid(DrawnFace.Heatmaps()) { Title = "The same over the frame", Columns = 5, Image = source, Colors = ColorMap.Cividis }),
            ("errors", new ErrorMapFigure(driving, ("copy of source", source), ("noisy", noisy)) { Title = "Errors on one scale" }),
            ("swipe", new SwipeComparison(driving, noisy) { Title = "Swipe" }),
            ("slider", new FrameSlider(
                [.. from y in Enumerable.Range(0, 3) from x in Enumerable.Range(0, 5) select FrameImage.FromTensor(DrawnFace.Frame(0.1 * (x - 2), 0.1 * (y - 1)))],
                new SliderAxis("pitch", ["-10°", "0°", "10°"], 1), new SliderAxis("yaw", ["-20°", "-10°", "0°", "10°", "20°"], 2)) { Title = "Sliders over precomputed frames" }),
            ("offsets", new DeformableOffsetView(source, offsets, modulation) { Title = "Deformable offsets", Pixel = (10, 8) }),
            ("losses", Losses(isLogarithmic: false)),
            ("losses-log", Losses(isLogarithmic: true)),
            ("boxes", Boxes()),
            ("bars", new MetricBars(Table()) { Title = "Bars of the table" }),
            ("video", new VideoPlayer(clip, rate: 12) { Title = "A clip" }),
            ("table", Table()),
            ("bars", new MetricBars(Table()) { Title = "Bars" }),
            ("histograms", new HistogramFigure([.. from scale in new[] { 0.3, 1, 3 } select Samples(scale)]) { Title = "Histograms" }),
        ];
    }

    private static HistogramData Samples(double scale)
    {
        var noise = new Random(5);
        return new HistogramData(FormattableString.Invariant($"yaw × {scale}"), [.. Enumerable.Range(0, 500).Select(_ => (float)(scale * (noise.NextDouble() + noise.NextDouble() - 1)))], -1, 1);
    }

    public static ResultTable Table()
    {
        var table = new ResultTable(
            "Setting", new ResultColumn("L1", BetterValue.Lower, 4), new ResultColumn("PSNR", BetterValue.Higher, 2), new ResultColumn("SSIM", BetterValue.Higher), new ResultColumn("Frames", Decimals: 0))
        { Title = "Reconstruction", Captions = ["Mean ± deviation over three seeds."] };
        table.AddRow("KP", 0.0512, 23.41, 0.781, 240);
        table.AddRow("LMK & pose", 0.0498, 23.88, 0.792, 240);
        table.AddRow("Full", new ResultValue(0.0431, 0.0007), new ResultValue(25.02, 0.11), null, 240);
        table.AddRule();
        table.AddReference("published", null, 30.5, 0.9, null);
        return table;
    }

    public static LossCurve Losses(bool isLogarithmic)
    {
        var curve = new LossCurve { Title = "Training", IsLogarithmic = isLogarithmic, Smoothing = isLogarithmic ? 0.9 : 0 };
        var noise = new Random(3);
        for (int step = 0; step < 400; step++)
        {
            double wave = 1 + 0.25 * (noise.NextDouble() - 0.5);
            curve.Add(step, ("perceptual", wave * (18 * Math.Exp(-step / 90.0) + 2)), ("equivariance", wave * (6 * Math.Exp(-step / 150.0) + 0.3)), ("keypoint spread", wave * 0.9 / (1 + step / 20.0)));
        }
        return curve;
    }

    /// <summary>Boxes of plotly.js, with histograms where nothing moves.</summary>
    public static PlotlyFigure Boxes()
    {
        var random = new Random(5);
        var values = new[] { "KP", "Full" }.ToDictionary(name => name, name => Enumerable.Range(0, 60).Select(_ => 0.02 + 0.02 * random.NextDouble() * (name == "KP" ? 2 : 1)).ToArray());
        return new PlotlyFigure(
            Chart.Combine(values.Select(set => Chart.BoxPlot<double, double, string>(X: new(set.Value, true), Name: set.Key, UseDefaults: false))),
            new HistogramFigure([.. values.Select(set => new HistogramData(set.Key, [.. set.Value.Select(value => (float)value)], 0, 0.08))]))
        { Title = "Errors of pairs" };
    }
}
