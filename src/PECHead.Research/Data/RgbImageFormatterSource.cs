using PECHead.Research.Display;

namespace PECHead.Research.Data;

/// <summary>Shows a picture in a notebook as it is, pixel for pixel.</summary>
internal sealed class RgbImageFormatterSource : ITypeFormatterSource
{
    public IEnumerable<MimeFormatter> CreateTypeFormatters() =>
    [
        new(MimeFormatter.Png, image => Png((RgbImage)image)),
        new(MimeFormatter.Html, image => $"""<img src="data:image/png;base64,{Png((RgbImage)image)}"/>"""),
        new(MimeFormatter.Plain, image => $"{((RgbImage)image).Width}x{((RgbImage)image).Height} RGB picture"),
    ];

    private static string Png(RgbImage image) => Convert.ToBase64String(PictureEncoding.Png(image));
}
