using System.Net;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using PECHead.Research.Data;
using PECHead.Research.Visualization;

namespace PECHead.Research.Interactive;

/// <summary>How values of this library are shown.</summary>
internal static class Formatters
{
    private const string Html = "text/html";
    private const string Plain = "text/plain";
    private const string Png = "image/png";
    private const string Jpeg = "image/jpeg";
    private const string Svg = "image/svg+xml";
    private const int ShownRows = 50;

    public static void Register()
    {
        // Text beside HTML: a console, a diff and a reader of the file understand it.
        Formatter.SetPreferredMimeTypesFor(typeof(object), Html, Plain);

        Formatter.Register<Figure>(figure => Convert.ToBase64String(figure.ToPng()), Png);
        Formatter.Register<Figure>(figure => figure.ToSvg(), Svg);
        Formatter.Register<Figure>(figure => figure.ToHtml(), Html);
        Formatter.Register<Figure>(figure => figure.ToString()!, Plain);
        Formatter.Register<ResultTable>(table => table.ToMarkdown(), Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(Figure), Png, Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(InteractiveFigure), Html, Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(InteractiveChart), Html, Svg, Plain);

        Picture<RgbImage>(Png, image => Convert.ToBase64String(PictureEncoding.Png(image)), image => $"{image.Width}x{image.Height} RGB picture");
        Picture<InlinePng>(Png, picture => Convert.ToBase64String(picture.Png.Span), picture => picture.ToString());
        Picture<InlineJpeg>(Jpeg, picture => Convert.ToBase64String(picture.Jpeg.Span), picture => picture.ToString());
        Formatter.Register<InlineSvg>(picture => picture.Svg, Svg);
        Formatter.Register<InlineSvg>(picture => picture.Svg, Html);
        Formatter.Register<InlineSvg>(picture => picture.ToString(), Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(InlineSvg), Svg, Plain);

        Formatter.Register<DataFrame>(Table, Html);
        Formatter.Register<DataFrame>(frame => $"{frame.Rows.Count} rows: {string.Join(", ", frame.Columns.Select(column => column.Name))}", Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(DataFrame), Html, Plain);
    }

    // Inside of a table a picture is a piece of HTML.
    private static void Picture<T>(string mimeType, Func<T, string> encode, Func<T, string> describe)
    {
        Formatter.Register(encode, mimeType);
        Formatter.Register<T>(picture => $"""<img src="data:{mimeType};base64,{encode(picture)}"/>""", Html);
        Formatter.Register(describe, Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(T), mimeType, Plain);
    }

    private static string Table(DataFrame frame)
    {
        string Row(string cell, IEnumerable<object?> values) => $"<tr>{string.Concat(values.Select(value => $"<{cell}>{WebUtility.HtmlEncode(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture))}</{cell}>"))}</tr>";
        var rows = frame.Rows.Take(ShownRows).Select(row => Row("td", row));
        string more = frame.Rows.Count > ShownRows ? $"<p>… {frame.Rows.Count - ShownRows} more rows</p>" : "";
        return $"<table><thead>{Row("th", frame.Columns.Select(column => column.Name))}</thead><tbody>{string.Concat(rows)}</tbody></table>{more}";
    }
}
