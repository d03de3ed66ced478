using Microsoft.Playwright;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>Debian's Chromium without a window, driven by Playwright. What the page's console calls an error is kept.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";
    private static readonly string Screenshots = Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, "runs", "browser");

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _errors = [];

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _errors.Add($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, message) => _errors.Add(message);
    }

    /// <summary>Why a test that needs it is skipped; null where it is installed.</summary>
    public static string? Missing { get; } = File.Exists(Program) ? null : "chromium is not installed (Debian: chromium)";

    /// <summary>The only page.</summary>
    public IPage Page { get; }

    /// <summary>What went wrong on the page so far.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public static async Task<Browser> Start()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1200, Height = 900 } });
        page.SetDefaultTimeout(60_000);
        return new Browser(playwright, browser, page);
    }

    /// <summary>Keeps a picture of what is seen, to be looked at.</summary>
    public Task Keep(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, name + ".png") });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>A test that opens notebooks, or what they show, in a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Missing ?? ShippedNotebooks.Missing;
}
