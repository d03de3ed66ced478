using PECHead.Research;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead inspect --model</c>: what a model makes of a picture and a driving picture, step by step.</summary>
internal static class ModelInspection
{
    private const int Size = 256;
    private const int MostNumbers = 21;

    /// <summary>Draws the figure and says where it is.</summary>
    public static int Draw(string source, string driving, string output, string model, int face, string data, Device device)
    {
        MediaKind.Require(source, "picture");
        MediaKind.Require(driving, "picture");
        OutputFile.Require(output, [source, driving, Path.Combine(data, "npm")]);
        FaceStores.Networks(data);
        var loaded = ModelCatalog.Load(ModelChoice.PathOf(model), device);
        using var head = TalkingHead.Of(loaded, data, device);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var (from, to) = (HeadCrops.Open(head, source, face, HeadCrops.Head).Square, HeadCrops.Open(head, driving, 1, HeadCrops.Head).Square);
        new FigureGrid(Figures(loaded.Model, head.Observer!, from, to, device)) { Columns = loaded.Model is ICompensatedModel ? 4 : 0, Title = $"{loaded.Entry.Title}: {loaded.Name}" }.Save(output);
        Console.WriteLine(output);
        return 0;
    }

    private static List<Figure> Figures(TalkingHeadModel model, FaceObserver observer, RgbImage from, RgbImage to, Device device)
    {
        var (source, driving) = Frames(model, observer, from, to, device);
        var state = model.EncodeSource(source);
        var observed = model.ObserveMotion(state, driving);
        var motion = model.Transfer(MotionMode.Absolute, state, observed, observed);
        var made = model.Generate(state, motion);
        var points = made.MovingPoints;
        List<Figure> figures =
        [
            Points("source", from, points?.Source, model.ObserveMotion(state, source)), Points("driving", to, points?.Driving, observed),
            .. model is IPicturedMotion pictured ? [Picture(pictured, "source", source), Picture(pictured, "driving", driving)] : Array.Empty<Figure>(),
            new WarpedGridFigure(made.Motion.Deformation[0], from) { Title = "motion", Size = Size },
            new HeatMapFigure(made.Motion.Occlusion[0, 0], from) { Title = "visible in the source", Size = Size },
            Frame("generated", made),
        ];
        if (model is not ICompensatedModel compensated) return figures;
        figures.AddRange([
            Frame("nothing compensated", compensated.Generate(state, motion, Compensation.None)), Frame("motion alone", compensated.Generate(state, motion, Compensation.Motion)),
            Frame("appearance alone", compensated.Generate(state, motion, Compensation.Appearance)),
        ]);
        var uses = compensated.Codes(state, motion);
        return [.. figures, .. uses.Select(use => Codes("motion", use, use.Motion)), .. uses.Select(use => Codes("appearance", use, use.Appearance))];
    }

    private static (FaceFrame Source, FaceFrame Driving) Frames(TalkingHeadModel model, FaceObserver observer, RgbImage from, RgbImage to, Device device)
    {
        if (!model.NeedsFaces) return (new FaceFrame(FrameBatch.FromImages([from], device)), new FaceFrame(FrameBatch.FromImages([to], device)));
        var (source, driving) = (observer.Observe(from), observer.Observe(to));
        return (source.AsSource(observer.Reconstructor), driving.AsDriving(source.Coefficients, observer.Reconstructor));
    }

    private static Figure Points(string title, RgbImage frame, Keypoints? points, MotionState motion)
    {
        if (points is not { } placed) return new ImageGrid([frame]) { Title = title, CellWidth = Size };
        var own = motion.Keypoints is { } seen && seen.Count == placed.Count;   // a face moves a source by points that are not its own
        return new KeypointFigure(frame, placed.Positions[0])
        {
            Title = title,
            Size = Size,
            Axes = own ? motion.Axes?[0] : null,
            Nearness = own ? motion.Nearness?[0] : null,
            GroupSize = own ? motion.GroupSize : 1,
            Numbered = placed.Count <= MostNumbers,
        };
    }

    private static ImageGrid Picture(IPicturedMotion model, string title, FaceFrame frame)
        => new([FrameImage.FromTensor(model.Picture(frame)[0].expand(3, -1, -1).to(ScalarType.Float32))]) { Title = $"{model.PictureTitle}, {title}", CellWidth = Size };

    private static ImageGrid Frame(string title, Generated made) => new([FrameImage.FromTensor(made.Image[0].to(ScalarType.Float32))]) { Title = title, CellWidth = Size };

    private static HeatMapFigure Codes(string kind, CodeUse use, Tensor rows)
    {
        long used = rows.flatten().unique().Item1.numel();
        return new HeatMapFigure(rows[0].to(ScalarType.Float32)) { Title = $"{kind}, {use.Side} px", Size = Size, Maximum = use.CodeCount - 1, Label = $"code, {used} of {use.CodeCount} used" };
    }
}
