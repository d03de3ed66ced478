using Microsoft.Playwright;

namespace PECHead.Studio.Tests;

/// <summary>Debian's Chromium without a window. What the console calls an error is kept, and so are pictures of what was seen.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";
    private static readonly string Screenshots = Path.Combine(StudioFixture.Project, "runs", "studio");

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Why a test that needs it is skipped; null where it is installed.</summary>
    public static string? Missing { get; } = File.Exists(Program) ? null : "chromium is not installed (Debian: chromium)";

    /// <summary>What went wrong on the pages so far.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Starts it.</summary>
    /// <param name="camera">A .mjpeg or .y4m file that it takes for a camera; null: none.</param>
    public static async Task<Chromium> Start(string? camera = null)
    {
        var playwright = await Playwright.CreateAsync();
        string[] arguments = ["--no-sandbox", "--disable-gpu"];
        if (camera is not null) arguments = [.. arguments, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-video-capture={camera}"];
        return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = arguments }));
    }

    /// <summary>Opens a page.</summary>
    public async Task<IPage> Open(Uri link, int width = 1280, int height = 720, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, AcceptDownloads = true });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(90_000);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") Errors.Add($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, message) => Errors.Add(message);
        await page.GotoAsync(link.AbsoluteUri);
        return page;
    }

    /// <summary>Keeps a picture of what is seen, to be looked at.</summary>
    public static Task Keep(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, name + ".png") });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
