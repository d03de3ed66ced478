using System.Globalization;
using Microsoft.Playwright;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>What a reader does with a mouse. Pictures of it are left in runs/browser.</summary>
[Collection(NotebookRuns.Name)]
public sealed class BrowserTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-browser-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [BrowserFact]
    public async Task The_exported_site_answers_to_the_mouse_and_logs_no_error()
    {
        var (code, _, error) = Program.Run("notebook", "export", ShippedNotebooks.Folder, "--out", _folder);
        Assert.True(code == 0, error);
        await using var browser = await Browser.Start();
        var page = browser.Page;

        await page.GotoAsync($"file://{_folder}/index.html");
        Assert.Equal(ShippedNotebooks.Names.Count, await page.Locator("a.card").CountAsync());
        Assert.Equal(ShippedNotebooks.Names.Count, await page.EvaluateAsync<int>("[...document.querySelectorAll('.card img')].filter(image => image.naturalWidth > 0).length"));
        await browser.Keep("site-index");

        await page.GetByText("Quick tour").ClickAsync();
        var slider = page.Locator(".pechead-slider").First;
        await slider.ScrollIntoViewIfNeededAsync();
        var before = await slider.Locator(".pechead-stage").EvaluateAsync<string>("stage => stage.style.backgroundPosition");
        await Drag(page, slider.Locator("input").First, to: 0.98);
        Assert.Equal("20°", await slider.Locator("output").First.TextContentAsync());
        Assert.NotEqual(before, await slider.Locator(".pechead-stage").EvaluateAsync<string>("stage => stage.style.backgroundPosition"));
        await browser.Keep("site-slider");

        await page.GotoAsync($"file://{_folder}/04-mmfa-and-deformable-offsets.html");
        var view = page.Locator(".pechead-offsets").First;
        var stage = view.Locator(".pechead-stage svg");
        await stage.ScrollIntoViewIfNeededAsync();
        var box = (await stage.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (0.26f * box.Width), box.Y + (0.76f * box.Height));
        Assert.Matches(@"row 24, column 8: mean offset -?[\d.]+ right, -?[\d.]+ down, mean weight [\d.]+", await view.Locator("output").TextContentAsync() ?? "");
        Assert.True(await view.Locator(".pechead-lens circle").CountAsync() > 9);
        await browser.Keep("site-offsets");

        await page.GotoAsync($"file://{_folder}/06-ablations.html");
        var table = page.Locator(".pechead-results").First;
        await table.Locator("th").Nth(1).ClickAsync();
        Assert.True(IsSorted(await Column(table)));
        await table.Locator("th").Nth(1).ClickAsync();
        Assert.True(IsSorted((await Column(table)).Reverse()));
        await browser.Keep("site-table");

        await page.GotoAsync($"file://{_folder}/03-motion-from-keypoints.html");
        Assert.True(await page.Locator("math").CountAsync() > 10);
        await browser.Keep("site-formulas");
        Assert.True(browser.Errors.Count == 0, string.Join('\n', browser.Errors));
    }

    [BrowserFact]
    public async Task Classic_Notebook_opens_the_quick_tour_and_runs_it()
    {
        // A copy: Jupyter saves what it has run.
        Directory.CreateDirectory(Path.Combine(_folder, "notebooks"));
        File.Copy(ShippedNotebooks.At("01-quick-tour.ipynb"), Path.Combine(_folder, "notebooks", "01-quick-tour.ipynb"));
        foreach (var name in new[] { "artifacts", "data", "ablations" })
            Directory.CreateSymbolicLink(Path.Combine(_folder, name), Path.Combine(ShippedNotebooks.Folder, "..", name));
        await using var server = await ServedNotebooks.Start(Path.Combine(_folder, "notebooks"), 18950, _folder);
        await using var browser = await Browser.Start();
        var page = browser.Page;
        await Open(page, $"{server.Address}notebooks/01-quick-tour.ipynb?token={server.Token}");
        await page.Locator("#kernel_indicator_icon.kernel_idle_icon").WaitForAsync();

        await page.EvaluateAsync("Jupyter.notebook.clear_all_output()");
        await page.Locator("#celllink").ClickAsync();
        await page.Locator("#run_all_cells").ClickAsync();

        await page.Locator(".output_stdout", new PageLocatorOptions { HasText = "Expressions that can be edited" }).WaitForAsync(new LocatorWaitForOptions { Timeout = 170_000 });
        var picture = page.Locator(".output_jpeg img, .output_png img").Last;
        await picture.ScrollIntoViewIfNeededAsync();
        Assert.True(await picture.EvaluateAsync<int>("image => image.naturalWidth") > 500);
        await browser.Keep("notebook-picture");
        await Drag(page, page.Locator(".pechead-slider input").First, to: 0.98);
        Assert.Equal("20°", await page.Locator(".pechead-slider output").First.TextContentAsync());
        await browser.Keep("notebook-slider");
        Assert.Equal(0, await page.Locator(".output_error").CountAsync());
        // Debian's Jupyter asks for extensions of packages that may not be there.
        string[] errors = [.. browser.Errors.Where(error => !error.Contains("/nbextensions/", StringComparison.Ordinal))];
        Assert.True(errors.Length == 0, string.Join('\n', errors));
    }

    // The server prints its address before it listens.
    private static async Task Open(IPage page, string address)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await page.GotoAsync(address);
                return;
            }
            catch (PlaywrightException) when (attempt < 100)
            {
                await Task.Delay(200);
            }
        }
    }

    private static async Task Drag(IPage page, ILocator slider, double to)
    {
        await slider.ScrollIntoViewIfNeededAsync();
        var box = (await slider.BoundingBoxAsync())!;
        var y = box.Y + (box.Height / 2);
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (float)(to * box.Width), y, new MouseMoveOptions { Steps = 8 });
        await page.Mouse.UpAsync();
    }

    private static async Task<double[]> Column(ILocator table)
    {
        var texts = await table.Locator("tbody tr td:nth-child(2)").AllTextContentsAsync();
        return [.. texts.Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
    }

    private static bool IsSorted(IEnumerable<double> values) => values.Zip(values.Skip(1)).All(pair => pair.First <= pair.Second);
}
