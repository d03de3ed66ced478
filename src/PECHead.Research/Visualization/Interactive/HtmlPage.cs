using System.Security;
using System.Text;
using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>Builds HTML that stands alone: scripts and styles lie in the assembly and are copied into every figure.</summary>
internal static class HtmlPage
{
    /// <summary>A figure: its body in an element of class <c>pechead-KIND</c>, then its style and the script that finds it by that class.</summary>
    /// <remarks>A script starts every figure of its kind that is not started yet, so the same figure may stand on a page twice.</remarks>
    public static string Figure(string kind, string title, IReadOnlyList<string> captions, string attributes, string body)
    {
        var html = new StringBuilder($"<div class=\"pechead-figure pechead-{kind}\"{attributes}>\n");
        if (title.Length > 0)
            html.Append($"<div class=\"pechead-title\"><b>{Escape(title)}</b></div>\n");
        html.Append(body).Append('\n');
        foreach (string caption in captions)
            html.Append($"<div class=\"pechead-caption\">{Escape(caption)}</div>\n");
        html.Append("</div>\n<style>\n").Append(Resource("figure.css")).Append("</style>\n");
        return html.Append("<script>\n").Append(Resource(kind + ".js")).Append("</script>\n").ToString();
    }

    /// <summary>A whole page; plotly.js is in it where a chart is.</summary>
    public static string Wrap(string title, string body) =>
        $"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{Escape(title)}</title>\n</head>\n<body>\n{body}\n{(PlotlyLibrary.IsNeeded(body) ? PlotlyLibrary.ToHtml() : "")}</body>\n</html>\n";

    public static string Escape(string text) => SecurityElement.Escape(text);

    public static string PngAddress(RgbImage image) => "data:image/png;base64," + Convert.ToBase64String(PictureEncoding.Png(image));

    /// <summary>A file of this folder, as it lies in the assembly.</summary>
    public static string Resource(string name)
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("PECHead.Research.Visualization." + name)
            ?? throw new InvalidOperationException($"The assembly has no resource {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
