using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>Two pictures of one size on each other, with a border between them that the reader moves.</summary>
public sealed class SwipeComparison : InteractiveFigure
{
    private readonly RgbImage _left;
    private readonly RgbImage _right;
    private readonly (string Left, string Right) _labels;

    /// <summary>Takes two pictures.</summary>
    /// <param name="left">Seen left of the border.</param>
    /// <param name="right">Seen right of it; of the same size.</param>
    /// <param name="leftLabel">Name of the left one.</param>
    /// <param name="rightLabel">Name of the right one.</param>
    /// <exception cref="ArgumentException">Sizes that differ.</exception>
    public SwipeComparison(Picture left, Picture right, string leftLabel = "driving", string rightLabel = "generated")
    {
        (_left, _right, _labels) = (left.Image, right.Image, (leftLabel, rightLabel));
        if ((_left.Width, _left.Height) != (_right.Width, _right.Height))
            throw new ArgumentException($"Expected {_left.Width}x{_left.Height} pixels as on the left, received {_right.Width}x{_right.Height}.", nameof(right));
    }

    /// <summary>Width as drawn, pixels.</summary>
    public int Size { get; init; } = 384;

    /// <inheritdoc/>
    public override string ToHtml() => HtmlPage.Figure("swipe", Title, Captions, "", $"""
        <div class="pechead-stage" style="width:{Size}px;touch-action:none;cursor:ew-resize">
        <img alt="{HtmlPage.Escape(_labels.Left)}" draggable="false" src="{HtmlPage.PngAddress(_left)}"/>
        <img class="pechead-over" style="clip-path:inset(0 0 0 50%)" alt="{HtmlPage.Escape(_labels.Right)}" draggable="false" src="{HtmlPage.PngAddress(_right)}"/>
        <span class="pechead-tag" style="left:8px">{HtmlPage.Escape(_labels.Left)}</span>
        <span class="pechead-tag" style="right:8px">{HtmlPage.Escape(_labels.Right)}</span>
        <div class="pechead-divider" style="left:50%"></div>
        </div>
        <div class="pechead-controls"><input type="range" min="0" max="100" step="0.5" value="50" aria-label="border between {HtmlPage.Escape(_labels.Left)} and {HtmlPage.Escape(_labels.Right)}"/></div>
        """);

    private protected override IReadOnlyList<string> OwnFormats => [];

    private protected override byte[]? Encode(string extension) => null;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        return new ImageGrid([_left, _right], [_labels.Left, _labels.Right]) { CellWidth = Size }.DrawBare(sheet);
    }
}
