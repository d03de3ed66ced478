using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using PECHead.Kernel.Notebooks;
using PECHead.Research.Visualization;

namespace PECHead.Experiments.Notebooks.Site;

/// <summary>The outputs of a code cell as HTML: of every bundle the richest format that a page can show.</summary>
internal static class OutputMarkup
{
    // In the order of preference.
    private static readonly (string MimeType, Func<string, string> Write)[] Formats =
    [
        // The site has plotly.js as a file: a page does not need that of the notebook.
        ("text/html", content => content.Replace(PlotlyLibrary.ToHtml(), "", StringComparison.Ordinal)),
        ("image/svg+xml", content => content),
        ("image/png", content => $"<img alt=\"\" src=\"data:image/png;base64,{content.ReplaceLineEndings("")}\">"),
        ("image/jpeg", content => $"<img alt=\"\" src=\"data:image/jpeg;base64,{content.ReplaceLineEndings("")}\">"),
        ("text/plain", content => $"<pre>{WebUtility.HtmlEncode(content)}</pre>"),
    ];

    private static readonly string[] PixelFormats = ["image/jpeg", "image/png"];

    /// <summary>Writes the outputs; nothing where there are none.</summary>
    /// <param name="cell">A code cell.</param>
    public static string ToHtml(NotebookCell cell)
    {
        var html = new StringBuilder();
        foreach (var output in cell.Outputs.OfType<JsonObject>())
            html.Append("<div class=\"output\">").Append(Write(output)).Append("</div>\n");
        return html.ToString();
    }

    /// <summary>The first picture of pixels that a cell shows, or null.</summary>
    /// <param name="cell">A code cell.</param>
    public static byte[]? Picture(NotebookCell cell) => cell.Outputs.OfType<JsonObject>()
        .SelectMany(output => PixelFormats.Select(mimeType => output["data"]?[mimeType])).FirstOrDefault(content => content is not null) is { } found
        ? Convert.FromBase64String(Text(found))
        : null;

    private static string Write(JsonObject output) => (string?)output["output_type"] switch
    {
        "stream" => $"<pre class=\"{(string?)output["name"]}\">{WebUtility.HtmlEncode(Text(output["text"]))}</pre>",
        "error" => $"<pre class=\"error\">{WebUtility.HtmlEncode($"{output["ename"]}: {output["evalue"]}")}</pre>",
        _ => Formats.Where(format => output["data"]?[format.MimeType] is not null).Select(format => format.Write(Text(output["data"]![format.MimeType]))).FirstOrDefault(""),
    };

    private static string Text(JsonNode? content) => content is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)content ?? "";
}
