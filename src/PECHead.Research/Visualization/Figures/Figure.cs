using System.Globalization;
using PECHead.Research.Data;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>
/// A picture for a notebook and for a paper: it shows itself inline, and saves as PNG, SVG or PDF, with what is lines
/// and text kept as lines and text.
/// </summary>
public abstract class Figure
{
    private const int Margin = 12;
    private const int TitleHeight = 28;
    private const int CaptionHeight = 20;

    static Figure() => FigureFont.Register();

    /// <summary>Closed to other assemblies: what a figure must draw is internal.</summary>
    private protected Figure()
    {
    }

    /// <summary>Heading above the picture, or empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>Lines below the picture.</summary>
    public IReadOnlyList<string> Captions { get; init; } = [];

    /// <summary>The figure as an SVG document that holds its pictures and refers to nothing outside.</summary>
    public string ToSvg()
    {
        using var composition = Compose(Medium.Svg);
        return SvgDocument.Write(composition);
    }

    /// <summary>A piece of HTML that shows the figure and needs nothing else, no server and no network.</summary>
    public abstract string ToHtml();

    /// <summary>The figure as the bytes of a PNG.</summary>
    /// <param name="scale">Pixels per unit: 2 for a screen of high density.</param>
    public byte[] ToPng(double scale = 1)
    {
        using var composition = Compose();
        using var pixels = composition.Rasterize(scale);
        using var png = pixels.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>The figure as a picture in memory, such as a frame of a video.</summary>
    /// <param name="scale">Pixels per unit.</param>
    public RgbImage ToImage(double scale = 1)
    {
        using var composition = Compose();
        using var pixels = composition.Rasterize(scale);
        return Pixels.ToImage(pixels);
    }

    /// <summary>The figure shown inline as SVG: sharp at any size, larger where it holds photographs.</summary>
    public InlineSvg AsSvg() => new(ToSvg());

    /// <summary>The figure shown inline as PNG at another density.</summary>
    /// <param name="scale">Pixels per unit.</param>
    public InlinePng AsPng(double scale = 2) => new(ToPng(scale));

    /// <summary>The figure shown inline as JPEG: a quarter of the size of a PNG where it is made of photographs, for notebooks that are kept.</summary>
    /// <param name="scale">Pixels per unit.</param>
    public InlineJpeg AsJpeg(double scale = 1)
    {
        using var composition = Compose();
        using var pixels = composition.Rasterize(scale);
        return new(Pixels.Jpeg(pixels));
    }

    /// <summary>Writes the figure in the format of the file's name: aside first, then moved into place.</summary>
    /// <param name="path">
    /// The .png, .svg, .pdf or .html file to make or replace; some figures have further formats and say so.
    /// </param>
    /// <param name="scale">Pixels per unit of a PNG.</param>
    /// <exception cref="ArgumentException">Another extension.</exception>
    /// <exception cref="DataException">The folder cannot be written, or a format of its own needs a program that is missing.</exception>
    public void Save(string path, double scale = 2)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        byte[] bytes = extension switch
        {
            ".svg" => Utf8(ToSvg()),
            ".png" => ToPng(scale),
            ".pdf" => ToPdf(),
            ".html" => Utf8(HtmlPage.Wrap(Title.Length > 0 ? Title : GetType().Name, ToHtml())),
            _ => Encode(extension) ?? throw new ArgumentException(
                $"A {GetType().Name} is not written as '{extension}': use {string.Join(", ", [".png", ".svg", ".pdf", ".html", .. OwnFormats])}.", nameof(path)),
        };
        ReplacedFile.Write(path, bytes);
    }

    /// <summary>One line that names the figure.</summary>
    public override string ToString()
    {
        using var composition = Compose();
        return string.Create(CultureInfo.InvariantCulture, $"{GetType().Name}{(Title.Length > 0 ? $" \"{Title}\"" : "")}, {composition.Width}x{composition.Height}");
    }

    /// <summary>Draws the figure without title, captions and margin, from (0, 0) on, and returns its size.</summary>
    private protected abstract (double Width, double Height) Draw(Sheet sheet);

    /// <summary>Extensions beyond the four of every figure.</summary>
    private protected abstract IReadOnlyList<string> OwnFormats { get; }

    /// <summary>The figure in one of <see cref="OwnFormats"/>, else null.</summary>
    private protected abstract byte[]? Encode(string extension);

    private protected static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>As <see cref="Draw"/>, for a figure that draws another one as its own.</summary>
    internal (double Width, double Height) DrawBare(Sheet sheet) => Draw(sheet);

    /// <summary>The figure with title, captions and margin.</summary>
    /// <param name="medium">What it becomes.</param>
    internal Composition Compose(Medium medium = Medium.Pixels) => Composition.Record(canvas =>
    {
        double top = Margin + (Title.Length > 0 ? TitleHeight : 0);
        canvas.Translate(Margin, (float)top);
        var sheet = new Sheet(canvas, medium);
        var (width, height) = Draw(sheet);
        canvas.Translate(-Margin, -(float)top);
        if (Title.Length > 0)
            sheet.Text(Margin, Margin + 15, Title, size: 16, bold: true);
        double bottom = top + height + (Captions.Count > 0 ? 6 : 0);
        for (int i = 0; i < Captions.Count; i++)
            sheet.Text(Margin, bottom + i * CaptionHeight + 14, Captions[i], size: 12, color: Sheet.Faint);
        double textWidth = Captions.Select(caption => Sheet.WidthOf(caption, 12)).Append(Sheet.WidthOf(Title, 16, bold: true)).Max();
        return (Math.Max(width, textWidth) + 2 * Margin, bottom + Captions.Count * CaptionHeight + Margin);
    });

    private byte[] ToPdf()
    {
        using var composition = Compose(Medium.Pdf);
        return composition.ToPdf(Title.Length > 0 ? Title : GetType().Name);
    }
}
