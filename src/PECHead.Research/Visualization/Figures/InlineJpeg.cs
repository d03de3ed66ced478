using PECHead.Research.Display;

namespace PECHead.Research.Visualization;

/// <summary>A figure to be shown inline as JPEG.</summary>
[TypeFormatterSource(typeof(FormatterSource), PreferredMimeTypes = [MimeFormatter.Jpeg, MimeFormatter.Plain])]
public sealed class InlineJpeg
{
    private readonly byte[] _jpeg;

    internal InlineJpeg(byte[] jpeg) => _jpeg = jpeg;

    /// <summary>The bytes of the JPEG.</summary>
    public ReadOnlyMemory<byte> Jpeg => _jpeg;

    /// <inheritdoc/>
    public override string ToString() => $"JPEG of {_jpeg.Length} bytes";

    private string Base64() => Convert.ToBase64String(_jpeg);

    internal sealed class FormatterSource : ITypeFormatterSource
    {
        public IEnumerable<MimeFormatter> CreateTypeFormatters() =>
        [
            new(MimeFormatter.Jpeg, picture => ((InlineJpeg)picture).Base64()),
            new(MimeFormatter.Html, picture => $"""<img src="data:image/jpeg;base64,{((InlineJpeg)picture).Base64()}"/>"""),
            new(MimeFormatter.Plain, picture => picture.ToString()),
        ];
    }
}
