using System.Diagnostics;
using System.Net;
using System.Text;
using PECHead.Kernel.Notebooks;
using PECHead.Research.Data;
using PECHead.Research.Visualization;

namespace PECHead.Experiments.Notebooks.Site;

/// <summary>Notebooks as a static site: a page each and an index. Its pages refer to nothing outside of its folder, and need no server.</summary>
internal sealed class NotebookSite
{
    private const string ChartScript = "plotly.min.js";
    private const string ThumbnailTag = "thumbnail";
    private const string ThumbnailFilter = "scale=480:270:force_original_aspect_ratio=decrease:flags=area,pad=480:270:(ow-iw)/2:(oh-ih)/2:white";
    private static readonly string Style = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "site.css"));

    private readonly List<Page> _pages;
    private readonly IReadOnlyDictionary<Formula, string> _formulas;

    /// <summary>Reads notebooks.</summary>
    /// <param name="paths">In the order of the site.</param>
    /// <exception cref="NotebookException">One is not a notebook.</exception>
    public NotebookSite(IEnumerable<string> paths)
    {
        _pages = [.. paths.Select(path => new Page(Path.GetFileName(path), NotebookFile.Read(path)))];
        _formulas = FormulaRenderer.Render(_pages.SelectMany(page => page.Texts.Values).SelectMany(text => text.Formulas));
    }

    /// <summary>Names of notebooks in which no cell shows anything.</summary>
    public IEnumerable<string> NotExecuted => _pages.Where(page => page.Notebook.Cells.All(cell => cell.Outputs.Count == 0)).Select(page => page.Name);

    /// <summary>Writes the site; what else is in the folder stays.</summary>
    /// <param name="folder">Is made where it is missing.</param>
    public void Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "thumbnails"));
        foreach (var (i, page) in _pages.Index())
        {
            var (before, after) = (i > 0 ? _pages[i - 1] : null, i + 1 < _pages.Count ? _pages[i + 1] : null);
            var body = Body(page);
            if (PlotlyLibrary.IsNeeded(body)) ReplacedFile.WriteText(Path.Combine(folder, ChartScript), PlotlyLibrary.Source);
            ReplacedFile.WriteText(Path.Combine(folder, page.Address), Html(page.Title, $"{Navigation(before, after)}\n<main>\n{body}</main>\n{Navigation(before, after)}"));
            if (page.Thumbnail is { } picture) WriteThumbnail(Path.Combine(folder, page.ThumbnailAddress), picture);
        }
        ReplacedFile.WriteText(Path.Combine(folder, "index.html"), Html("Notebooks of PECHead.Research", Index()));
    }

    private string Body(Page page)
    {
        string[] names = [.. _pages.Select(other => other.Name)];
        var html = new StringBuilder();
        foreach (var cell in page.Notebook.Cells)
        {
            if (page.Texts.TryGetValue(cell, out var text)) html.Append(text.ToHtml(_formulas, names));
            else if (cell.IsCode) html.Append(CodeMarkup.ToHtml(cell.Source)).Append('\n').Append(OutputMarkup.ToHtml(cell));
        }
        return html.ToString();
    }

    private string Index()
    {
        var html = new StringBuilder("<main>\n<h1>Notebooks of PECHead.Research</h1>\n<p>Controllable talking heads in C#, explained by running them. Sliders, tables and offset views work on these pages; to change the code, open the notebooks of the project.</p>\n<div class=\"cards\">\n");
        foreach (var page in _pages)
        {
            var picture = page.Thumbnail is null ? "" : $"<img alt=\"\" src=\"{page.ThumbnailAddress}\">";
            html.Append($"<a class=\"card\" href=\"{page.Address}\">{picture}<b>{WebUtility.HtmlEncode(page.Title)}</b><span>{WebUtility.HtmlEncode(page.Summary)}</span></a>\n");
        }
        return html.Append("</div>\n</main>").ToString();
    }

    private static string Navigation(Page? before, Page? after)
    {
        static string Link(Page? page, string arrow) => page is null ? "<span></span>" : $"<a href=\"{page.Address}\">{string.Format(System.Globalization.CultureInfo.InvariantCulture, arrow, WebUtility.HtmlEncode(page.Title))}</a>";
        return $"<nav>{Link(before, "← {0}")}<a href=\"index.html\">All notebooks</a>{Link(after, "{0} →")}</nav>";
    }

    private static string Html(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>{WebUtility.HtmlEncode(title)}</title>
        <style>
        {Style}</style>{(PlotlyLibrary.IsNeeded(body) ? $"\n<script src=\"{ChartScript}\"></script>" : "")}
        </head>
        <body>
        {body}
        </body>
        </html>

        """;

    private static void WriteThumbnail(string path, byte[] picture)
    {
        using var ffmpeg = Process.Start(new ProcessStartInfo(
            MediaTools.Default.Ffmpeg, ["-v", "error", "-f", "image2pipe", "-i", "pipe:0", "-vf", ThumbnailFilter, "-q:v", "3", "-bitexact", "-f", "mjpeg", "pipe:1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        ffmpeg.StandardInput.BaseStream.Write(picture);
        ffmpeg.StandardInput.Close();
        using var thumbnail = new MemoryStream();
        ffmpeg.StandardOutput.BaseStream.CopyTo(thumbnail);
        ReplacedFile.Write(path, thumbnail.ToArray());
        ffmpeg.WaitForExit();
    }

    private sealed class Page
    {
        public Page(string name, NotebookFile notebook)
        {
            (Name, Notebook) = (name, notebook);
            Texts = notebook.Cells.Where(cell => cell.IsText).ToDictionary(cell => cell, cell => new TextMarkup(cell.Source));
            Title = Texts.Values.Select(text => text.Heading).FirstOrDefault(heading => heading is not null) ?? name;
            Summary = Texts.Values.Select(text => text.Paragraph).FirstOrDefault(paragraph => paragraph is not null) ?? "";
            var cells = notebook.Cells.Where(cell => cell.IsCode).OrderByDescending(cell => cell.Tags.Contains(ThumbnailTag));
            Thumbnail = cells.Select(OutputMarkup.Picture).FirstOrDefault(picture => picture is not null);
        }

        public string Name { get; }

        public NotebookFile Notebook { get; }

        public IReadOnlyDictionary<NotebookCell, TextMarkup> Texts { get; }

        public string Title { get; }

        public string Summary { get; }

        public byte[]? Thumbnail { get; }

        public string Address => Path.ChangeExtension(Name, ".html");

        public string ThumbnailAddress => $"thumbnails/{Path.ChangeExtension(Name, ".jpg")}";
    }
}
