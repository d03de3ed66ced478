using System.Globalization;
using System.Text;
using System.Text.Json;
using PECHead.Research.Data;
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
    private const double LegendWidth = 130;
    private const int ByteBudget = 400_000;
    private readonly RgbImage _image;
    private readonly DeformableSamples _samples;

    /// <summary>Takes the input of a modulated deformable convolution of stride 1 whose output is as large as its input.</summary>
    /// <param name="image">[3, H, W], RGB in [0, 1]: the frame that the feature map was made from, of any size.</param>
    /// <param name="offsets">[2·G·K, h, w], (dy, dx) per group and tap, in pixels of the feature map.</param>
    /// <param name="modulation">[G·K, h, w], weights, at least 0.</param>
    /// <param name="kernelSize">Side of the kernel, odd: K is its square.</param>
    /// <param name="dilation">Distance of its taps, pixels of the feature map.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit each other.</exception>
    public DeformableOffsetView(Tensor image, Tensor offsets, Tensor modulation, int kernelSize = 3, int dilation = 1)
    {
        _image = FrameImage.FromTensor(image);
        _samples = new DeformableSamples(offsets, modulation, kernelSize, dilation);
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

    // Small enough that the samples of neighbouring taps stay apart when they have not moved.
    private double LargestRadius => Math.Clamp(0.38 * Map.Width / _samples.Columns, 3, 7);

    private PictureBox Map => new(0, 0, Size, _samples.Columns, _samples.Rows);

    /// <inheritdoc/>
    public override string ToHtml()
    {
        int stride = Stride > 0 ? Stride : SmallestStride();
        var overlay = new SvgCanvas();
        DrawSamples(overlay);
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
            radius = LargestRadius,
            row,
            column,
            colors = Enumerable.Range(0, _samples.Groups).Select(GroupColor),
        });
        var choices = new StringBuilder("<option value=\"-1\">all groups</option>");
        for (int g = 0; g < _samples.Groups; g++)
            choices.Append(CultureInfo.InvariantCulture, $"<option value=\"{g}\"{(Group == g ? " selected" : "")}>group {g}</option>");
        string body = string.Create(CultureInfo.InvariantCulture, $"""
            <div class="pechead-stage" style="width:{Size}px;cursor:crosshair;touch-action:none">
            <img alt="frame" draggable="false" src="{SvgCanvas.DataAddress(_image)}"/>
            <svg class="pechead-over" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Box.Width:0.##} {Box.Height:0.##}">
            {overlay.Markup}</svg>
            </div>
            <div class="pechead-controls"><select aria-label="offset group">{choices}</select><output></output></div>
            """);
        return HtmlPage.Figure("offsets", Title, Captions, $" data-layout=\"{SvgCanvas.Escape(layout)}\" data-samples=\"{_samples.Pack(stride)}\"", body);
    }

    private protected override IReadOnlyList<string> OwnFormats => [];

    private protected override byte[]? Encode(string extension) => null;

    private protected override (double Width, double Height) Draw(SvgCanvas canvas)
    {
        canvas.Image(_image, 0, 0, Box.Width, Box.Height);
        canvas.BeginClip(Box);
        DrawSamples(canvas);
        canvas.EndClip();
        DrawLegend(canvas, Box.Width + 16);
        return (Box.Width + 16 + LegendWidth, Math.Max(Box.Height, 130 + 18 * _samples.Groups));
    }

    private void DrawSamples(SvgCanvas canvas)
    {
        var (row, column) = Chosen();
        var (centreX, centreY) = Map.AtPixel(column, row);
        double cell = Map.Width / _samples.Columns;
        int[] groups = Group is { } only ? [only] : [.. Enumerable.Range(0, _samples.Groups)];
        foreach (int group in groups)
        {
            for (int tap = 0; tap < _samples.Taps; tap++)
            {
                var sample = _samples.At(row, column, group, tap);
                var regular = _samples.Regular(row, column, tap);
                canvas.Polyline([Map.AtPixel(regular.Column, regular.Row), Map.AtPixel(sample.Column, sample.Row)], GroupColor(group), 1, opacity: 0.7);
            }
        }
        for (int tap = 0; tap < _samples.Taps; tap++)
        {
            var regular = _samples.Regular(row, column, tap);
            var (x, y) = Map.AtPixel(regular.Column, regular.Row);
            canvas.Circle(x, y, 1.6, "#fff", "#111", 0.8);
        }
        foreach (int group in groups)
        {
            for (int tap = 0; tap < _samples.Taps; tap++)
            {
                var sample = _samples.At(row, column, group, tap);
                var (x, y) = Map.AtPixel(sample.Column, sample.Row);
                double radius = Radius(sample.Weight);
                if (double.IsFinite(x) && double.IsFinite(y) && radius > 0)
                    canvas.Circle(x, y, radius, GroupColor(group), "#111", 0.8, opacity: 0.85);
            }
        }
        canvas.Rectangle(centreX - cell / 2, centreY - cell / 2, cell, cell, "none", "#fff", 2.5);
        canvas.Rectangle(centreX - cell / 2, centreY - cell / 2, cell, cell, "none", "#111", 1.2);
    }

    private void DrawLegend(SvgCanvas canvas, double x)
    {
        canvas.Rectangle(x, 2, 11, 11, "none", "#111", 1.2);
        canvas.Text(x + 20, 12, "output pixel", size: 12);
        canvas.Circle(x + 6, 27, 1.6, "#fff", "#111", 0.8);
        canvas.Text(x + 20, 31, "regular tap", size: 12);
        canvas.Text(x, 54, "sample, weight", size: 12);
        for (int i = 0; i < 3; i++)
        {
            double weight = _samples.LargestWeight * (i + 1) / 3;
            canvas.Circle(x + 12 + 40 * i, 72, Radius(weight), "#bbb", "#111", 0.8);
            canvas.Text(x + 12 + 40 * i, 94, weight.ToString("0.##", CultureInfo.InvariantCulture), size: 11, anchor: "middle");
        }
        for (int g = 0; g < _samples.Groups; g++)
        {
            canvas.Circle(x + 6, 114 + 18 * g, 5, GroupColor(g), "#111", 0.8);
            canvas.Text(x + 20, 118 + 18 * g, $"group {g}", size: 12);
        }
    }

    // The area, not the radius, is the weight.
    private double Radius(double weight) => LargestRadius * Math.Sqrt(Math.Max(0, weight / _samples.LargestWeight));

    private string GroupColor(int group) => SvgCanvas.Css(IdentityColors.Color(group, _samples.Groups));

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
