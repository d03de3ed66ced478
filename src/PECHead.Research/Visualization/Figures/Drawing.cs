namespace PECHead.Research.Visualization;

/// <summary>A figure that stands still.</summary>
public abstract class Drawing : Figure
{
    private protected Drawing()
    {
    }

    /// <inheritdoc/>
    public sealed override string ToHtml() =>
        $"""<img alt="{HtmlPage.Escape(ToString())}" src="data:image/svg+xml;base64,{Convert.ToBase64String(Utf8(ToSvg()))}"/>""";

    private protected sealed override IReadOnlyList<string> OwnFormats => [];

    private protected sealed override byte[]? Encode(string extension) => null;
}
