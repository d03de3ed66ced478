using PECHead.Research.Display;

namespace PECHead.Research.Visualization;

/// <summary>A figure to be shown inline as PNG.</summary>
[TypeFormatterSource(typeof(FormatterSource), PreferredMimeTypes = [MimeFormatter.Png, MimeFormatter.Plain])]
public sealed class InlinePng
{
    private readonly byte[] _png;

    internal InlinePng(byte[] png) => _png = png;

    /// <summary>The bytes of the PNG.</summary>
    public ReadOnlyMemory<byte> Png => _png;

    /// <inheritdoc/>
    public override string ToString() => $"PNG of {_png.Length} bytes";

    private string Base64() => Convert.ToBase64String(_png);

    internal sealed class FormatterSource : ITypeFormatterSource
    {
        public IEnumerable<MimeFormatter> CreateTypeFormatters() =>
        [
            new(MimeFormatter.Png, picture => ((InlinePng)picture).Base64()),
            new(MimeFormatter.Html, picture => $"""<img src="data:image/png;base64,{((InlinePng)picture).Base64()}"/>"""),
            new(MimeFormatter.Plain, picture => picture.ToString()),
        ];
    }
}
