using Microsoft.Playwright;

namespace PECHead.Experiments.Tests;

/// <summary>The system's Chromium, without a window and without a network.</summary>
internal static class Browser
{
    private static readonly string? Executable = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);

    /// <summary>Why a test that needs it is skipped; null where it is.</summary>
    public static string? Missing { get; } = Executable is null ? "chromium is not installed (Debian: chromium)" : null;

    /// <summary>Opens a file and does something with its page.</summary>
    /// <param name="path">The HTML file.</param>
    /// <param name="look">What to do; the list fills with whatever the page's scripts complain about, and whatever is asked for that is no file.</param>
    public static async Task Open(string path, Func<IPage, List<string>, Task> look)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-gpu"] });
        await using var context = await browser.NewContextAsync(new() { Offline = true, ViewportSize = new() { Width = 1600, Height = 1200 } });
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) => { if (message.Type == "error") complaints.Add(message.Text); };
        page.Request += (_, request) => { if (new Uri(request.Url).Scheme is not ("file" or "data" or "blob")) complaints.Add($"asked for {request.Url}"); };
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await look(page, complaints);
    }
}
