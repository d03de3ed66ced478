using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.Display;

namespace PECHead.Research.Visualization;

/// <summary>
/// A picture for a notebook and for a paper: it shows itself inline, and saves as PNG, SVG or PDF, with what is lines
/// and text kept as lines and text.
/// </summary>
[TypeFormatterSource(typeof(FigureFormatterSource), PreferredMimeTypes = [MimeFormatter.Png, MimeFormatter.Plain])]
public abstract class Figure
{
    private const int Margin = 12;
    private const int TitleHeight = 28;
    private const int CaptionHeight = 20;

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
        var (width, height, markup) = Compose();
        string size = string.Create(CultureInfo.InvariantCulture, $"width=\"{width:0}\" height=\"{height:0}\" viewBox=\"0 0 {width:0} {height:0}\"");
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" {size} font-family=\"{SvgCanvas.Fonts}\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{markup}</svg>\n";
    }

    /// <summary>A piece of HTML that shows the figure and needs nothing else, no server and no network.</summary>
    public abstract string ToHtml();

    /// <summary>The figure as the bytes of a PNG.</summary>
    /// <param name="scale">Pixels per unit: 2 for a screen of high density.</param>
    /// <exception cref="DataException">rsvg-convert is missing or failed.</exception>
    public byte[] ToPng(double scale = 1) => SvgRenderer.Render(ToSvg(), "png", scale);

    /// <summary>The figure shown inline as SVG: sharp at any size, larger where it holds photographs.</summary>
    public InlineSvg AsSvg() => new(ToSvg());

    /// <summary>The figure shown inline as PNG at another density.</summary>
    /// <param name="scale">Pixels per unit.</param>
    /// <exception cref="DataException">rsvg-convert is missing or failed.</exception>
    public InlinePng AsPng(double scale = 2) => new(ToPng(scale));

    /// <summary>The figure shown inline as JPEG: a quarter of the size of a PNG where it is made of photographs, for notebooks that are kept.</summary>
    /// <param name="scale">Pixels per unit.</param>
    /// <exception cref="DataException">rsvg-convert is missing or failed.</exception>
    public InlineJpeg AsJpeg(double scale = 1) => new(PictureEncoding.JpegFromPng(ToPng(scale)));

    /// <summary>Writes the figure in the format of the file's name: aside first, then moved into place.</summary>
    /// <param name="path">
    /// The .png, .svg, .pdf or .html file to make or replace; some figures have further formats and say so.
    /// </param>
    /// <param name="scale">Pixels per unit of a PNG.</param>
    /// <exception cref="ArgumentException">Another extension.</exception>
    /// <exception cref="DataException">A program is missing or failed, or the folder cannot be written.</exception>
    public void Save(string path, double scale = 2)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        byte[] bytes = extension switch
        {
            ".svg" => Utf8(ToSvg()),
            ".png" => ToPng(scale),
            ".pdf" => SvgRenderer.Render(ToSvg(), "pdf", 1),
            ".html" => Utf8(HtmlPage.Wrap(Title.Length > 0 ? Title : GetType().Name, ToHtml())),
            _ => Encode(extension) ?? throw new ArgumentException(
                $"A {GetType().Name} is not written as '{extension}': use {string.Join(", ", [".png", ".svg", ".pdf", ".html", .. OwnFormats])}.", nameof(path)),
        };
        using var file = new ReplacedFile(path);
        File.WriteAllBytes(file.AsidePath, bytes);
        file.Commit();
    }

    /// <summary>One line that names the figure.</summary>
    public override string ToString()
    {
        var (width, height, _) = Compose();
        return string.Create(CultureInfo.InvariantCulture, $"{GetType().Name}{(Title.Length > 0 ? $" \"{Title}\"" : "")}, {width:0}x{height:0}");
    }

    /// <summary>Draws the figure without title, captions and margin, from (0, 0) on, and returns its size.</summary>
    private protected abstract (double Width, double Height) Draw(SvgCanvas canvas);

    /// <summary>Extensions beyond the four of every figure.</summary>
    private protected abstract IReadOnlyList<string> OwnFormats { get; }

    /// <summary>The figure in one of <see cref="OwnFormats"/>, else null.</summary>
    private protected abstract byte[]? Encode(string extension);

    private protected static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>As <see cref="Draw"/>, for a figure that draws another one as its own.</summary>
    internal (double Width, double Height) DrawBare(SvgCanvas canvas) => Draw(canvas);

    /// <summary>The figure with title, captions and margin, as a part for a larger drawing.</summary>
    internal (double Width, double Height, string Markup) Compose()
    {
        var content = new SvgCanvas();
        var (width, height) = Draw(content);
        double top = Margin + (Title.Length > 0 ? TitleHeight : 0);
        double textWidth = Captions.Select(caption => SvgCanvas.WidthOf(caption, 12)).Append(SvgCanvas.WidthOf(Title, 16)).Max();
        double outerWidth = Math.Ceiling(Math.Max(width, textWidth) + 2 * Margin);
        double bottom = top + height + (Captions.Count > 0 ? 6 : 0);

        var canvas = new SvgCanvas();
        if (Title.Length > 0)
            canvas.Text(Margin, Margin + 15, Title, size: 16, bold: true);
        canvas.BeginGroup(Margin, top);
        canvas.AddMarkup(content.Markup);
        canvas.EndGroup();
        for (int i = 0; i < Captions.Count; i++)
            canvas.Text(Margin, bottom + i * CaptionHeight + 14, Captions[i], size: 12, fill: SvgCanvas.Faint);
        return (outerWidth, Math.Ceiling(bottom + Captions.Count * CaptionHeight + Margin), canvas.Markup);
    }
}
