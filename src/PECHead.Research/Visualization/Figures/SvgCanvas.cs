using System.Globalization;
using System.Security;
using System.Text;
using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>Collects SVG markup: y down, units are pixels at 96 per inch, numbers written the same in every culture.</summary>
internal sealed class SvgCanvas
{
    public const string Fonts = "DejaVu Sans, Verdana, sans-serif";
    public const string Ink = "#222";
    public const string Faint = "#666";
    public const double TextSize = 13;
    private const int PixelatedSide = 256;
    private readonly StringBuilder _markup = new();

    public string Markup => _markup.ToString();

    public static string Css((byte R, byte G, byte B) color) => $"#{color.R:x2}{color.G:x2}{color.B:x2}";

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Width of a text, estimated: DejaVu Sans is 0.6 of its size wide on average.</summary>
    public static double WidthOf(string text, double size = TextSize) => 0.61 * size * text.Length;

    public static string Escape(string text) => SecurityElement.Escape(text);

    public void Add(FormattableString line) => _markup.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    public void AddMarkup(string markup) => _markup.Append(markup).Append('\n');

    public void Text(
        double x, double y, string text, double size = TextSize, string anchor = "start", string fill = Ink, bool bold = false) =>
        Add($"""<text x="{x:0.##}" y="{y:0.##}" font-size="{size:0.##}"{Anchor(anchor)}{(bold ? " font-weight=\"bold\"" : "")} fill="{fill}">{Escape(text)}</text>""");

    /// <summary>Text on a picture: readable on any colour through a light rim.</summary>
    public void Label(double x, double y, string text, double size, string fill = "#000") =>
        Add($"""<text x="{x:0.##}" y="{y:0.##}" font-size="{size:0.##}" text-anchor="middle" fill="{fill}" stroke="#fff" stroke-width="{size / 4.5:0.##}" stroke-linejoin="round" paint-order="stroke">{Escape(text)}</text>""");

    public void Rectangle(double x, double y, double width, double height, string fill, string stroke = "none", double strokeWidth = 1) =>
        Add($"""<rect x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}" fill="{fill}" stroke="{stroke}" stroke-width="{strokeWidth:0.##}"/>""");

    public void Circle(double x, double y, double radius, string fill, string stroke = "#111", double strokeWidth = 1, double opacity = 1) =>
        Add($"""<circle cx="{x:0.##}" cy="{y:0.##}" r="{radius:0.##}" fill="{fill}" stroke="{stroke}" stroke-width="{strokeWidth:0.##}"{Opacity(opacity)}/>""");

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1, double opacity = 1) =>
        Add($"""<line x1="{x1:0.##}" y1="{y1:0.##}" x2="{x2:0.##}" y2="{y2:0.##}" stroke="{stroke}" stroke-width="{width:0.##}"{Opacity(opacity)}/>""");

    /// <summary>Lines through points; a point that is not finite breaks the line.</summary>
    public void Polyline(
        IEnumerable<(double X, double Y)> points, string stroke, double width = 1, bool closed = false, double opacity = 1)
    {
        var path = new StringBuilder();
        bool drawing = false;
        foreach (var (x, y) in points)
        {
            bool isThere = double.IsFinite(x) && double.IsFinite(y);
            if (isThere)
                path.Append(drawing ? 'L' : 'M').Append(Number(x)).Append(' ').Append(Number(y));
            drawing = isThere;
        }
        if (path.Length > 0)
            Add($"""<path d="{path}{(closed ? "Z" : "")}" fill="none" stroke="{stroke}" stroke-width="{width:0.##}" stroke-linejoin="round" stroke-linecap="round"{Opacity(opacity)}/>""");
    }

    /// <summary>A picture, smoothly resized and fitted into the box.</summary>
    public void Image(RgbImage image, double x, double y, double width, double height, double opacity = 1) =>
        Add($"""<image x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}" href="{DataAddress(image)}"{Opacity(opacity)}/>""");

    /// <summary>A map whose pixels stay visible squares: enlarged here, because viewers smooth as they like.</summary>
    public void Map(RgbImage image, double x, double y, double width, double height, double opacity = 1) =>
        Add($"""<image x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}" preserveAspectRatio="none" href="{DataAddress(Enlarge(image))}"{Opacity(opacity)}/>""");

    public void BeginGroup(double x, double y) => Add($"""<g transform="translate({x:0.##} {y:0.##})">""");

    public void EndGroup() => AddMarkup("</g>");

    /// <summary>What follows is cut off at the box, up to <see cref="EndClip"/>; coordinates stay as they are.</summary>
    public void BeginClip(PictureBox box) =>
        Add($"""<svg x="{box.X:0.##}" y="{box.Y:0.##}" width="{box.Width:0.##}" height="{box.Height:0.##}" viewBox="{box.X:0.##} {box.Y:0.##} {box.Width:0.##} {box.Height:0.##}">""");

    public void EndClip() => AddMarkup("</svg>");

    public static string DataAddress(RgbImage image) => "data:image/png;base64," + Convert.ToBase64String(PictureEncoding.Png(image));

    private static RgbImage Enlarge(RgbImage image)
    {
        int factor = PixelatedSide / Math.Max(image.Width, image.Height);
        if (factor < 2)
            return image;
        var large = new RgbImage(image.Width * factor, image.Height * factor);
        for (int y = 0; y < large.Height; y++)
        {
            for (int x = 0; x < large.Width; x++)
                large[x, y] = image[x / factor, y / factor];
        }
        return large;
    }

    private static string Anchor(string anchor) => anchor == "start" ? "" : $" text-anchor=\"{anchor}\"";

    private static string Opacity(double opacity) => opacity >= 1 ? "" : $" opacity=\"{Number(opacity)}\"";
}
