using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using PECHead.Research.Visualization;

namespace PECHead.Research.Tests.Visualization;

/// <summary>Charts that plotly.js draws.</summary>
public sealed class PlotlyTests
{
    private const string Library = "new Function('define', 'exports', 'module'";

    [Fact]
    public void A_curve_says_its_numbers_and_shows_a_still_picture_until_it_moves()
    {
        var curve = new LossCurve { Title = "a < b", Captions = ["caption"], StepLabel = "frame" };
        curve.Add(1, ("x", 0.123456789), ("y", double.NaN));
        curve.Add(2, ("x", 2e-9), ("y", 3));

        var html = curve.ToHtml();
        var chart = Description(html);

        Assert.Equal(["x", "y"], chart.GetProperty("data").EnumerateArray().Select(trace => trace.GetProperty("name").GetString()));
        Assert.Equal([0.123456789f, 2e-9f], Numbers(chart, 0, "y"));
        Assert.Equal([2.0], Numbers(chart, 1, "x"));
        Assert.Equal("frame", chart.GetProperty("layout").GetProperty("xaxis").GetProperty("title").GetString());
        Assert.Contains("src=\"data:image/svg+xml;base64,", html, StringComparison.Ordinal);
        Assert.Contains("<b>a &lt; b</b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain(Library, html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_logarithmic_curve_leaves_out_what_has_no_logarithm_and_a_smoothed_one_is_switched_as_one()
    {
        var curve = new LossCurve { IsLogarithmic = true, Smoothing = 0.5 };
        foreach (var (step, value) in new[] { (0, 1.0), (1, 0.0), (2, 0.25) }) curve.Add(step, ("x", value));

        var chart = Description(curve.ToHtml());

        Assert.Equal("log", chart.GetProperty("layout").GetProperty("yaxis").GetProperty("type").GetString());
        Assert.Equal([1.0, 0.25], Numbers(chart, 0, "y"));
        Assert.All(chart.GetProperty("data").EnumerateArray(), trace => Assert.Equal("x", trace.GetProperty("legendgroup").GetString()));
        Assert.Equal([false, true], chart.GetProperty("data").EnumerateArray().Select(trace => !trace.TryGetProperty("showlegend", out var shown) || shown.GetBoolean()));
    }

    [Fact]
    public void Bars_stand_in_the_order_of_the_table_and_histograms_count_as_the_still_ones()
    {
        var bars = Description(new MetricBars(Gallery.Table(), "PSNR").ToHtml());
        Assert.Equal(["Full", "LMK & pose", "KP"], bars.GetProperty("data")[0].GetProperty("y").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal([25.02, 23.88, 23.41], Numbers(bars, 0, "x"));

        var data = new HistogramData("yaw", [-70, 0, 1, 1, float.NaN], -60, 60);
        Assert.Equal(data.Count(24).Select(count => (double)count), Numbers(Description(new HistogramFigure([data]).ToHtml()), 0, "y"));
    }

    [Fact]
    public void A_chart_of_Plotly_NET_takes_the_size_and_colours_of_figures_unless_it_has_its_own()
    {
        var plain = Description(Gallery.Boxes().ToHtml()).GetProperty("layout");
        Assert.Equal(700, plain.GetProperty("width").GetDouble());
        Assert.Equal("rgba(0, 114, 178, 1.0)", plain.GetProperty("colorway")[0].GetString());

        var chart = Plotly.NET.CSharp.GenericChartExtensions.WithSize(Plotly.NET.CSharp.Chart.Line<int, int, string>([1], [2], UseDefaults: false), 300, 200);
        var figure = new PlotlyFigure(chart, Gallery.Table());
        Assert.Equal(300, Description(figure.ToHtml()).GetProperty("layout").GetProperty("width").GetDouble());
        Assert.Contains("LMK &amp; pose", figure.ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_curve_is_described_while_a_training_adds_to_it()
    {
        var curve = new LossCurve { Smoothing = 0.9 };
        var training = Task.Run(() =>
        {
            for (int step = 0; step < 20_000; step++) curve.Add(step, ("loss", 1.0 / (1 + step)));
        });
        while (!training.IsCompleted) Description(curve.ToHtml());
        await training;
    }

    [Fact]
    public void A_page_has_the_library_once_and_only_with_charts()
    {
        string chart = new LossCurve().ToHtml();
        Assert.Equal(1, HtmlPage.Wrap("two", chart + chart).Split(Library).Length - 1);
        Assert.Equal(0, HtmlPage.Wrap("none", Gallery.Table().ToHtml()).Split(Library).Length - 1);
        Assert.InRange(PlotlyLibrary.ToHtml().Length, 1_000_000, 2_000_000);
        Assert.Contains("plotly.js v2", PlotlyLibrary.Source[..200], StringComparison.Ordinal);
    }

    [BrowserFact]
    public void Charts_draw_themselves_when_the_library_comes_though_a_module_loader_is_on_the_page()
    {
        // As in a notebook: charts before and after the library, and Jupyter's loader of modules.
        string loader = "<script>window.define = () => { throw new Error('a module came'); }; window.define.amd = {};</script>";
        string html = loader + new LossCurve().ToHtml() + PlotlyLibrary.ToHtml() + Gallery.Boxes().ToHtml() + PlotlyLibrary.ToHtml();

        string document = BrowserFactAttribute.Open(html, """
            const wait = setInterval(() => {
              const drawn = document.querySelectorAll('.pechead-plot .main-svg').length > 0;
              if (!drawn) return;
              clearInterval(wait);
              document.body.append('SAID ' + [...document.querySelectorAll('.pechead-chart')].map(root =>
                [root.querySelector('img').style.display, root.querySelectorAll('.pechead-plot.js-plotly-plot').length].join()).join(';') + ' END');
            }, 20);
            """);

        Assert.Contains("SAID none,1;none,1 END", document, StringComparison.Ordinal);
    }

    private static JsonElement Description(string html)
    {
        var text = Regex.Match(html, "data-chart=\"([^\"]*)\"");
        return JsonDocument.Parse(WebUtility.HtmlDecode(text.Groups[1].Value)).RootElement;
    }

    private static double[] Numbers(JsonElement chart, int trace, string axis)
    {
        var values = chart.GetProperty("data")[trace].GetProperty(axis);
        if (values.ValueKind == JsonValueKind.Array) return [.. values.EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal("f4", values.GetProperty("dtype").GetString());
        return [.. MemoryMarshal.Cast<byte, float>(values.GetProperty("bdata").GetBytesFromBase64()).ToArray().Select(value => (double)value)];
    }
}
