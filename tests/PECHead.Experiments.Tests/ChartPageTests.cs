using Microsoft.Playwright;
using PECHead.Research.Visualization;

namespace PECHead.Experiments.Tests;

/// <summary>What a reader does with the charts of a saved page, without a network.</summary>
public sealed class ChartPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-charts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [BrowserFact]
    public async Task A_saved_curve_says_its_numbers_zooms_and_hides_a_curve_by_its_legend()
    {
        var curve = new LossCurve { Title = "Training", Captions = ["a caption"] };
        for (var step = 0; step <= 100; step++) curve.Add(step, ("falling", 100 - step), ("rising", step));
        var path = Path.Combine(_folder, "curve.html");
        curve.Save(path);

        await Browser.Open(path, async (page, complaints) =>
        {
            var lines = page.Locator(".scatterlayer .trace .js-line");
            await lines.First.WaitForAsync();
            Assert.Equal(2, await lines.CountAsync());
            Assert.False(await page.Locator(".pechead-chart > img").IsVisibleAsync());
            Assert.True(await page.GetByText("a caption").IsVisibleAsync());

            var plot = (await page.Locator(".nsewdrag").BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(plot.X + (0.25f * plot.Width), plot.Y + (0.5f * plot.Height));
            await page.Locator(".hoverlayer .legend").WaitForAsync();
            var said = await page.Locator(".hoverlayer").TextContentAsync() ?? "";
            Assert.Contains("falling : 75", said, StringComparison.Ordinal);
            Assert.Contains("rising : 25", said, StringComparison.Ordinal);

            await Drag(page, plot, from: 0.5f, to: 0.75f);
            await page.WaitForFunctionAsync("document.querySelector('.js-plotly-plot').layout.xaxis.range[0] > 40");
            var range = await page.EvaluateAsync<double[]>("document.querySelector('.js-plotly-plot').layout.xaxis.range");
            Assert.InRange(range[0], 48, 52);
            Assert.InRange(range[1], 73, 77);

            await page.Locator(".infolayer .legendtoggle").First.ClickAsync();
            await page.WaitForFunctionAsync("document.querySelector('.js-plotly-plot').data[0].visible === 'legendonly'");
            Assert.Empty(complaints);
        });
    }

    [BrowserFact]
    public async Task Charts_of_every_kind_draw_themselves_on_their_pages()
    {
        var table = new ResultTable("method", new ResultColumn("L1", BetterValue.Lower), new ResultColumn("PSNR", BetterValue.Higher));
        table.AddRow("a longer name", 0.3, 20);
        table.AddRow("b", 0.1, 25);
        var histograms = new HistogramFigure([new HistogramData("yaw", [-10, 0, 5, 5], -60, 60), new HistogramData("pitch", [1], -60, 60)]);
        foreach (var (name, figure, marks) in new (string, Figure, int)[] { ("bars", new MetricBars(table), 4), ("histograms", histograms, 2 * 24), ("empty", new LossCurve(), 0) })
        {
            var path = Path.Combine(_folder, $"{name}.html");
            figure.Save(path);
            await Browser.Open(path, async (page, complaints) =>
            {
                await page.Locator(".main-svg").First.WaitForAsync();
                Assert.Equal(marks, await page.Locator(".barlayer .point path").CountAsync());
                Assert.Empty(complaints);
            });
        }
    }

    private static async Task Drag(IPage page, LocatorBoundingBoxResult box, float from, float to)
    {
        await page.Mouse.MoveAsync(box.X + (from * box.Width), box.Y + (0.5f * box.Height));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (to * box.Width), box.Y + (0.5f * box.Height), new MouseMoveOptions { Steps = 8 });
        await page.Mouse.UpAsync();
    }
}
