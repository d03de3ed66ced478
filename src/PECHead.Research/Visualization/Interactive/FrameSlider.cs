using System.Globalization;
using System.Text;
using System.Text.Json;
using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>Frames computed beforehand, chosen by one slider per axis: an edited pose, an expression, a moment of a clip.</summary>
/// <remarks>
/// <b>Choice:</b> all frames travel as one JPEG, a tenth of the size of as many PNGs; set <see cref="Lossless"/> where
/// pixels matter.
/// </remarks>
public sealed class FrameSlider : InteractiveFigure
{
    private const int StillFrames = 8;
    private readonly IReadOnlyList<RgbImage> _frames;
    private readonly IReadOnlyList<SliderAxis> _axes;

    /// <summary>Takes frames.</summary>
    /// <param name="frames">All of one size, one per combination of the axes' values; the last axis changes fastest.</param>
    /// <param name="axes">At least one; none: the frames' numbers.</param>
    /// <exception cref="ArgumentException">No frame, sizes that differ, or another number than the axes ask for.</exception>
    public FrameSlider(IReadOnlyList<RgbImage> frames, params IReadOnlyList<SliderAxis> axes)
    {
        if (axes.Count == 0)
            axes = [new SliderAxis("frame", [.. Enumerable.Range(0, frames.Count).Select(i => $"{i}")])];
        int wanted = axes.Aggregate(1, (product, axis) => product * axis.Values.Count);
        if (frames.Count == 0 || frames.Count != wanted)
            throw new ArgumentException($"Expected {wanted} frames, one per combination of the axes' values, received {frames.Count}.", nameof(frames));
        if (frames.Any(frame => (frame.Width, frame.Height) != (frames[0].Width, frames[0].Height)))
            throw new ArgumentException("Expected frames of one size.", nameof(frames));
        foreach (var axis in axes)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)axis.Start, (uint)axis.Values.Count, nameof(axes));
        (_frames, _axes) = (frames, axes);
    }

    /// <summary>Width as drawn, pixels.</summary>
    public int Size { get; init; } = 320;

    /// <summary>Keep every pixel, at many times the size.</summary>
    public bool Lossless { get; init; }

    /// <inheritdoc/>
    public override string ToHtml()
    {
        int columns = (int)Math.Ceiling(Math.Sqrt(_frames.Count)), rows = (_frames.Count + columns - 1) / columns;
        var all = JoinFrames(columns, rows);
        string address = Lossless
            ? HtmlPage.PngAddress(all)
            : "data:image/jpeg;base64," + Convert.ToBase64String(PictureEncoding.Jpeg(all));
        string values = JsonSerializer.Serialize(_axes.Select(axis => axis.Values));
        double height = Size * (double)_frames[0].Height / _frames[0].Width;
        var body = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            <div class="pechead-stage" role="img" style="width:{Size}px;height:{height:0.##}px;background:url({address}) 0 0 / {100 * columns}% {100 * rows}%"></div>
            """));
        foreach (var axis in _axes)
        {
            body.Append(CultureInfo.InvariantCulture, $"""
                <label class="pechead-controls"><span>{HtmlPage.Escape(axis.Name)}</span><input type="range" min="0" max="{axis.Values.Count - 1}" step="1" value="{axis.Start}"/><output>{HtmlPage.Escape(axis.Values[axis.Start])}</output></label>
                """);
        }
        return HtmlPage.Figure("slider", Title, Captions, $" data-columns=\"{columns}\" data-rows=\"{rows}\" data-values=\"{HtmlPage.Escape(values)}\"", body.ToString());
    }

    private protected override IReadOnlyList<string> OwnFormats => [];

    private protected override byte[]? Encode(string extension) => null;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        int[] chosen = [.. EvenSpread.Of(_frames.Count, Math.Min(StillFrames, _frames.Count))];
        return new ImageGrid([.. chosen.Select(i => _frames[i])], [.. chosen.Select(Describe)]) { CellWidth = Math.Min(Size, 140) }.DrawBare(sheet);
    }

    private string Describe(int frame)
    {
        var parts = new List<string>();
        foreach (var axis in _axes.Reverse())
        {
            parts.Insert(0, $"{axis.Name} {axis.Values[frame % axis.Values.Count]}");
            frame /= axis.Values.Count;
        }
        return string.Join(", ", parts);
    }

    private RgbImage JoinFrames(int columns, int rows)
    {
        int width = _frames[0].Width, height = _frames[0].Height;
        var all = new RgbImage(columns * width, rows * height);
        for (int i = 0; i < _frames.Count; i++)
        {
            for (int y = 0; y < height; y++)
            {
                int at = 3 * (((i / columns * height) + y) * all.Width + i % columns * width);
                _frames[i].Pixels.Slice(3 * y * width, 3 * width).CopyTo(all.Pixels[at..]);
            }
        }
        return all;
    }
}
