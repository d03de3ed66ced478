using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>What <c>pechead notebook export</c> makes of text, code and outputs.</summary>
public sealed partial class NotebookSiteTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-site-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Text_code_and_outputs_become_a_page_that_needs_nothing_from_outside()
    {
        Write("one.ipynb", Text("# First & best\n\nA question about $x_1$ and $$\\frac{a}{b}$$; see [two](two.ipynb) and [code](../src/File.cs)."),
            Code("var a = \"<b>\"; // why\na < 2", Output("text/plain", "True"), Output("text/html", "<i>rich</i>", "text/plain", "poor"), Output("image/svg+xml", "<svg class=\"drawn\"/>", "image/png", "AAAA")));
        Write("two.ipynb", Text("# Second"), Code("1"));

        var output = Export();
        var page = Page("one.html");

        Assert.Contains("2 notebooks", output, StringComparison.Ordinal);
        Assert.Contains("two.ipynb has no outputs", output, StringComparison.Ordinal);
        Assert.Contains("<title>First &amp; best</title>", page, StringComparison.Ordinal);
        Assert.Equal(2, Formula().Count(page));
        Assert.Contains("<a href=\"two.html\">two</a>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"file\" title=\"../src/File.cs\">code</span>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"keyword\">var</span> a = <span class=\"string\">&quot;&lt;b&gt;&quot;</span>; <span class=\"comment\">// why</span>\na &lt; <span class=\"number\">2</span>", page, StringComparison.Ordinal);
        Assert.Contains("<pre>True</pre>", page, StringComparison.Ordinal);
        Assert.Contains("<i>rich</i>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("poor", page, StringComparison.Ordinal);
        Assert.Contains("<svg class=\"drawn\"/>", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(Outside(), page.Replace("http://www.w3.org/1998/Math/MathML", "", StringComparison.Ordinal));
        Assert.Contains("href=\"one.html\"", Page("index.html"), StringComparison.Ordinal);
        Assert.Contains("<span>A question about", Page("index.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Charts_of_a_site_share_one_file_of_plotly_whatever_a_notebook_holds()
    {
        var curve = new PECHead.Research.Visualization.LossCurve();
        curve.Add(1, ("a", 1));
        Write("one.ipynb", Code("start", Output("text/html", PECHead.Research.Visualization.PlotlyLibrary.ToHtml())), Code("curve", Output("text/html", curve.ToHtml(), "image/svg+xml", curve.ToSvg())));
        Write("two.ipynb", Code("1", Output("text/plain", "1")));

        Export();

        Assert.Contains("<script src=\"plotly.min.js\"></script>", Page("one.html"), StringComparison.Ordinal);
        Assert.InRange(Page("one.html").Length, 1, 60_000);
        Assert.DoesNotContain("plotly", Page("two.html"), StringComparison.Ordinal);
        Assert.InRange(Page("plotly.min.js").Length, 3_000_000, 5_000_000);
    }

    [Fact]
    public void A_wrong_formula_and_an_empty_folder_are_one_clear_line()
    {
        Write("one.ipynb", Text("$\\frac{a$"));
        var (code, _, error) = Program.Run("notebook", "export", _folder, "--out", Path.Combine(_folder, "site"));
        Assert.Equal(1, code);
        Assert.Contains("a formula cannot be drawn (\\frac{a", error, StringComparison.Ordinal);
        var empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        Assert.Contains("no notebooks in it", Program.Run("notebook", "export", empty).Error, StringComparison.Ordinal);
    }

    private string Export()
    {
        var (code, output, error) = Program.Run("notebook", "export", _folder, "--out", Path.Combine(_folder, "site"));
        Assert.True(code == 0, error);
        return output;
    }

    private string Page(string name) => File.ReadAllText(Path.Combine(_folder, "site", name));

    private void Write(string name, params JsonObject[] cells) => File.WriteAllText(Path.Combine(_folder, name), new JsonObject
    {
        ["cells"] = new JsonArray(cells),
        ["metadata"] = new JsonObject(),
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    }.ToJsonString());

    private static JsonObject Text(string source) => new() { ["cell_type"] = "markdown", ["id"] = "text", ["metadata"] = new JsonObject(), ["source"] = source };

    private static JsonObject Code(string source, params JsonObject[] outputs) => new()
    {
        ["cell_type"] = "code",
        ["id"] = "code",
        ["metadata"] = new JsonObject(),
        ["source"] = source,
        ["execution_count"] = 1,
        ["outputs"] = new JsonArray(outputs),
    };

    private static JsonObject Output(params string[] data) => new()
    {
        ["output_type"] = "display_data",
        ["metadata"] = new JsonObject(),
        ["data"] = new JsonObject(data.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], (JsonNode?)pair[1]))),
    };

    [GeneratedRegex("<math")]
    private static partial Regex Formula();

    [GeneratedRegex("https?:|src=\"(?!data:|thumbnails/)")]
    private static partial Regex Outside();
}
