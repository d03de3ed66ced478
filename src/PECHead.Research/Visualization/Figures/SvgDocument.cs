using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>Writes a composition as SVG, and makes Skia's markup small and fit for a page that holds several.</summary>
internal static partial class SvgDocument
{
    public static string Write(Composition composition)
    {
        using var stream = new SKDynamicMemoryWStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(composition.Width, composition.Height), stream))
            composition.Draw(canvas);
        using var data = stream.DetachAsData();
        string svg = Encoding.UTF8.GetString(data.AsSpan());
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = MergeClips(Indent().Replace(svg, "\n"));
        svg = EmbeddedPng().Replace(svg, image => Embed(image.Groups[1].Value));
        svg = Numbers().Replace(svg, attribute => Decimals().Replace(attribute.Value, Shorten));
        svg = svg.Replace($"font-family=\"{FigureFont.Family}\"", $"font-family=\"{FigureFont.Family}, Verdana, sans-serif\"", StringComparison.Ordinal);
        svg = Size().Replace(svg, "$0 viewBox=\"0 0 $1 $2\"", 1);
        return Rename(svg);
    }

    // Skia opens a clip for every element; neighbours that are cut off at the same box share one.
    private static string MergeClips(string svg)
    {
        string box = "";
        return Clips().Replace(svg, clip =>
        {
            bool continues = clip.Groups[1].Success && clip.Groups[2].Value == box;
            box = clip.Groups[2].Value;
            return continues ? "" : clip.Value;
        });
    }

    // Names count for the whole page: two figures on it must not share them. Skia's come from a counter of the process.
    private static string Rename(string svg)
    {
        var names = new Dictionary<string, int>();
        string Number(Match name) => $"{name.Groups[1].Value}{(names.TryAdd(name.Groups[2].Value, names.Count) ? names.Count - 1 : names[name.Groups[2].Value])}";
        string numbered = Names().Replace(svg, Number);
        string mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(numbered)))[..8];
        return Names().Replace(numbered, $"$1f{mark}-$2");
    }

    // Skia writes every picture as PNG. One of an opaque type (2, RGB, at byte 25) is a photograph; the others are maps.
    private static string Embed(string base64)
    {
        byte[] png = Convert.FromBase64String(base64);
        if (png[25] != 2)
            return $"style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64,{base64}\"";
        using var bitmap = SKBitmap.Decode(png);
        using var image = SKImage.FromBitmap(bitmap);
        byte[] jpeg = Pixels.Jpeg(image);
        return jpeg.Length < png.Length
            ? $"xlink:href=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\""
            : $"xlink:href=\"data:image/png;base64,{base64}\"";
    }

    private static string Shorten(Match number) =>
        double.Parse(number.Value, CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture);

    [GeneratedRegex("xlink:href=\"data:image/png;base64,([^\"]+)\"")]
    private static partial Regex EmbeddedPng();

    [GeneratedRegex(@"\n\t+")]
    private static partial Regex Indent();

    [GeneratedRegex("(</g>\n)?<clipPath id=\"[^\"]*\">\n(<rect [^>]*>)\n</clipPath>\n<g clip-path=\"[^\"]*\">\n")]
    private static partial Regex Clips();

    [GeneratedRegex("(?<= )(d|x|y|x1|x2|y1|y2|cx|cy|rx|ry|width|height)=\"[^\"]*\"")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"-?\d+\.\d{3,}(e-?\d+)?")]
    private static partial Regex Decimals();

    [GeneratedRegex("width=\"([^\"]+)\" height=\"([^\"]+)\"")]
    private static partial Regex Size();

    [GeneratedRegex("( id=\"|url\\(#|xlink:href=\"#)(\\w+)")]
    private static partial Regex Names();
}
