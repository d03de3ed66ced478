using System.Globalization;
using System.Text;
using System.Text.Json;
using PECHead.Research.Data;
using PECHead.Research.Layers;
using ScottPlot;
using SkiaSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>
/// Where a deformable convolution looks: the sampling points of one output pixel, their size the modulation weight, and
/// in a page those of whatever pixel the reader points at.
/// </summary>
/// <remarks>
/// <b>Choice:</b> the page holds offsets and weights in 8 bits, relative to the greatest of each (0.8 % steps), because
/// 27·G numbers a pixel would weigh megabytes; the still picture is drawn from the numbers themselves.
/// </remarks>
public sealed class DeformableOffsetView : InteractiveFigure
{
    private const double LensSide = 220;
    private const double Gap = 16;
    private static readonly Color Dark = Color.FromHex("#111111");
    // The lens reaches so many map pixels from its middle: the first of these that holds all samples.
    private static readonly int[] LensReaches = [2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128];

    private const int ByteBudget = 400_000;
    private readonly RgbImage _image;
    private readonly DeformableSamples _samples;

    /// <summary>Takes the input of a modulated deformable convolution of stride 1 whose output is as large as its input.</summary>
    /// <param name="image">The frame [3, H, W], RGB in [0, 1], that the feature map was made from, of any size.</param>
    /// <param name="offsets">[2·G·K, h, w], (dy, dx) per group and tap, in pixels of the feature map.</param>
    /// <param name="modulation">[G·K, h, w], weights, at least 0.</param>
    /// <param name="kernelSize">Side of the kernel, odd: K is its square.</param>
    /// <param name="dilation">Distance of its taps, pixels of the feature map.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit each other.</exception>
    public DeformableOffsetView(Picture image, Tensor offsets, Tensor modulation, int kernelSize = 3, int dilation = 1)
    {
        _image = image.Image;
        _samples = new DeformableSamples(offsets, modulation, kernelSize, dilation);
    }

    /// <summary>Takes a warp: a convolution of one tap, whose offset is the flow and whose weight is 1.</summary>
    /// <param name="image">The frame [3, H, W], RGB in [0, 1], that is warped.</param>
    /// <param name="deformation">[h, w, 2], (x, y) in [-1, 1].</param>
    public DeformableOffsetView(Picture image, Tensor deformation)
    {
        TensorGuard.Shape(deformation, nameof(deformation), TensorGuard.Any, TensorGuard.Any, 2);
        using var scope = NewDisposeScope();
        var flow = tensor(FlowColors.FlowInPixels(deformation), deformation.shape);          // (dx, dy)
        _image = image.Image;
        _samples = new DeformableSamples(flow.flip(2).permute(2, 0, 1), ones(1, deformation.size(0), deformation.size(1)), side: 1, dilation: 1);
    }

    /// <summary>Width of the frame as drawn, pixels.</summary>
    public int Size { get; init; } = 384;

    /// <summary>Output pixel shown first, (row, column) of the feature map; null: the middle.</summary>
    public (int Row, int Column)? Pixel { get; init; }

    /// <summary>Offset group shown first; null: all.</summary>
    public int? Group { get; init; }

    /// <summary>In a page, only every n-th pixel answers; 0: as few left out as keep the page small.</summary>
    public int Stride { get; init; }

    private PictureBox Box => new(0, 0, Size, _image.Width, _image.Height);

    /// <inheritdoc/>
    public override string ToHtml()
    {
        int stride = Stride > 0 ? Stride : SmallestStride();
        var (row, column) = Chosen();
        string layout = JsonSerializer.Serialize(new
        {
            groups = _samples.Groups,
            side = _samples.Side,
            dilation = _samples.Dilation,
            mapRows = _samples.Rows,
            mapColumns = _samples.Columns,
            stride,
            offsetUnit = _samples.LargestOffset / 127,
            weightUnit = _samples.LargestWeight / 255,
            width = Box.Width,
            height = Box.Height,
            lens = LensSide,
            lensReaches = LensReaches,
            row,
            column,
            colors = Enumerable.Range(0, _samples.Groups).Select(group => GroupColor(group).ToHex()),
        });
        var choices = new StringBuilder("<option value=\"-1\">all groups</option>");
        for (int g = 0; g < _samples.Groups; g++)
            choices.Append(CultureInfo.InvariantCulture, $"<option value=\"{g}\"{(Group == g ? " selected" : "")}>group {g}</option>");
        string body = string.Create(CultureInfo.InvariantCulture, $"""
            <div style="display:flex;flex-wrap:wrap;gap:12px">
            <div class="pechead-stage" style="width:{Size}px;cursor:crosshair;touch-action:none">
            <img alt="frame" draggable="false" src="{HtmlPage.PngAddress(_image)}"/>
            <svg class="pechead-over" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Box.Width:0.##} {Box.Height:0.##}"></svg>
            </div>
            <svg class="pechead-lens" xmlns="http://www.w3.org/2000/svg" width="{LensSide}" height="{LensSide}" viewBox="0 0 {LensSide} {LensSide}"></svg>
            </div>
            <div class="pechead-controls"><select aria-label="offset group">{choices}</select><output></output></div>
            """);
        return HtmlPage.Figure("offsets", Title, Captions, $" data-layout=\"{HtmlPage.Escape(layout)}\" data-samples=\"{_samples.Pack(stride)}\"", body);
    }

    private protected override IReadOnlyList<string> OwnFormats => [];

    private protected override byte[]? Encode(string extension) => null;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        sheet.Photograph(_image, 0, 0, Box.Width, Box.Height);
        DrawSamples(sheet, Box, WholeMap());

        double x = Box.Width + Gap;
        var lens = PictureBox.Blank(x, 0, LensSide, LensSide);
        var magnified = Magnified(x);
        sheet.Clipped(lens, () => sheet.Photograph(_image, magnified.X, magnified.Y, magnified.Width, magnified.Height));
        DrawSamples(sheet, lens, magnified);
        sheet.Rectangle(x, 0, LensSide, LensSide, fill: null, Color.FromHex("#444444"));
        double legend = DrawLegend(sheet, x, LensSide + Gap);
        return (x + LensSide, Math.Max(Box.Height, legend));
    }

    /// <summary>The map laid over the whole frame.</summary>
    private PictureBox WholeMap() => new(0, 0, Size, _samples.Columns, _samples.Rows) { Stretch = Box.Height };

    /// <summary>The map enlarged so that the chosen pixel is in the middle of the lens.</summary>
    private PictureBox Magnified(double left)
    {
        var (row, column) = Chosen();
        double scale = LensSide / (2 * LensReach() + 1) * _samples.Columns / Box.Width;
        var (x, y) = WholeMap().AtPixel(column, row);
        return new PictureBox(left + LensSide / 2 - x * scale, LensSide / 2 - y * scale, Box.Width * scale, _samples.Columns, _samples.Rows) { Stretch = Box.Height * scale };
    }

    private int LensReach()
    {
        var (row, column) = Chosen();
        double farthest = AllSamples().Max(sample => Math.Max(Math.Abs(sample.At.Column - column), Math.Abs(sample.At.Row - row)));
        return LensReaches.FirstOrDefault(reach => reach >= farthest, LensReaches[^1]);
    }

    private IEnumerable<(int Group, int Tap, (double Column, double Row, double Weight) At)> AllSamples()
    {
        var (row, column) = Chosen();
        return from g in Group is { } only ? [only] : Enumerable.Range(0, _samples.Groups)
               from tap in Enumerable.Range(0, _samples.Taps)
               select (g, tap, _samples.At(row, column, g, tap));
    }

    private void DrawSamples(Sheet sheet, PictureBox shown, PictureBox map)
    {
        var overlay = new Overlay(shown);
        var (row, column) = Chosen();
        double cellWidth = map.Width / _samples.Columns, cellHeight = map.Height / _samples.Rows;
        var all = AllSamples().ToArray();
        foreach (var (group, tap, sample) in all)
        {
            var regular = _samples.Regular(row, column, tap);
            overlay.Polyline([map.AtPixel(regular.Column, regular.Row), map.AtPixel(sample.Column, sample.Row)], GroupColor(group).WithAlpha(0.75), 1.4);
        }
        for (int tap = 0; tap < _samples.Taps; tap++)
        {
            var regular = _samples.Regular(row, column, tap);
            var (x, y) = map.AtPixel(regular.Column, regular.Row);
            overlay.Circle(x, y, 1.6, Colors.White, Dark, 0.8);
        }
        foreach (var (group, _, sample) in all)
        {
            var (x, y) = map.AtPixel(sample.Column, sample.Row);
            double radius = Radius(sample.Weight, LargestRadius(cellWidth));
            if (radius > 0)
                overlay.Circle(x, y, radius, GroupColor(group).WithAlpha(0.85), Dark.WithAlpha(0.85), 0.8);
        }
        var (centreX, centreY) = map.AtPixel(column, row);
        overlay.Rectangle(centreX - cellWidth / 2, centreY - cellHeight / 2, cellWidth, cellHeight, Colors.White, 2.5);
        overlay.Rectangle(centreX - cellWidth / 2, centreY - cellHeight / 2, cellWidth, cellHeight, Dark, 1.2);
        overlay.DrawOn(sheet);
    }

    /// <summary>What the marks are; returns the lower edge.</summary>
    private double DrawLegend(Sheet sheet, double x, double y)
    {
        sheet.Rectangle(x, y, 11, 11, fill: null, Dark, 1.2);
        sheet.Text(x + 20, y + 10, "output pixel", size: 12);
        sheet.Circle(x + 6, y + 25, 1.6, Colors.White, Dark, 0.8);
        sheet.Text(x + 20, y + 29, "regular tap", size: 12);
        sheet.Text(x + 120, y + 10, "sample: weight", size: 12);
        for (int i = 0; i < 3; i++)
        {
            double weight = _samples.LargestWeight * (i + 1) / 3;
            sheet.Circle(x + 128 + 32 * i, y + 25, Radius(weight, 7), Color.FromHex("#bbbbbb"), Dark, 0.8);
            sheet.Text(x + 128 + 32 * i, y + 46, weight.ToString("0.##", CultureInfo.InvariantCulture), size: 11, SKTextAlign.Center);
        }
        for (int g = 0; g < _samples.Groups; g++)
        {
            sheet.Circle(x + 6 + 110 * (g % 2), y + 62 + 18 * (g / 2), 5, GroupColor(g), Dark, 0.8);
            sheet.Text(x + 20 + 110 * (g % 2), y + 66 + 18 * (g / 2), $"group {g}", size: 12);
        }
        return y + 56 + 18 * ((_samples.Groups + 1) / 2);
    }

    // Small enough that the samples of neighbouring taps stay apart when they have not moved.
    private static double LargestRadius(double cell) => Math.Clamp(0.38 * cell, 3, 8);

    // The area, not the radius, is the weight.
    private double Radius(double weight, double largest) => largest * Math.Sqrt(Math.Max(0, weight / _samples.LargestWeight));

    private Color GroupColor(int group) => Sheet.Of(IdentityColors.Color(group, _samples.Groups));

    private (int Row, int Column) Chosen()
    {
        var (row, column) = Pixel ?? (_samples.Rows / 2, _samples.Columns / 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)_samples.Rows, nameof(Pixel));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)_samples.Columns, nameof(Pixel));
        return (row, column);
    }

    private int SmallestStride()
    {
        int stride = 1;
        while (3L * _samples.Groups * _samples.Taps * (_samples.Rows / stride) * (_samples.Columns / stride) > ByteBudget)
            stride++;
        return stride;
    }
}
