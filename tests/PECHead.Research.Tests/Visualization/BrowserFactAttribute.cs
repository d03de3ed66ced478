using PECHead.Research.Data;

namespace PECHead.Research.Tests.Visualization;

/// <summary>A test that opens a page in headless Chromium; skipped, and counted as such, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    private const string Browser = "chromium";

    public BrowserFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Browser))))
            Skip = "chromium is not installed (Debian: chromium).";
    }

    /// <summary>The document after the page's own scripts and then <paramref name="script"/> have run.</summary>
    public static string Open(string html, string script)
    {
        var folder = Directory.CreateTempSubdirectory("pechead-browser-");
        try
        {
            string page = Path.Combine(folder.FullName, "page.html");
            File.WriteAllText(page, html + $"<script>setTimeout(() => {{ {script} }}, 500)</script>");
            var (_, document, _) = ExternalProgram.Run(
                Browser,
                ["--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={folder.FullName}/profile", "--virtual-time-budget=2000", "--dump-dom", "file://" + page],
                "Install chromium.", timeout: TimeSpan.FromMinutes(2));
            return document;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
