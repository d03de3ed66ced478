using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace PECHead.Studio.Tests;

/// <summary>What axe-core finds on every tab, in light and in dark.</summary>
public sealed class AccessibilityTests(StudioFixture fixture) : IClassFixture<StudioFixture>
{
    [PageFact]
    public async Task Axe_finds_nothing_serious_on_any_tab_in_light_and_dark()
    {
        await using var browser = await Chromium.Start();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await browser.Open(fixture.Server.Link, scheme: scheme);
            await PageTests.Shown(page, "full");
            foreach (var tab in new[] { "pose", "compare", "inside", "perform", "keep" })
            {
                await page.Locator($"#tab-{tab}").ClickAsync();
                var found = await page.RunAxe();
                Assert.Equal([], found.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => $"{scheme} {tab}: {violation.Id}, {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"));
            }
        }
    }

    [PageFact]
    public async Task Every_control_is_reached_by_the_keyboard()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(fixture.Server.Link);
        await PageTests.Shown(page, "full");
        var reached = new HashSet<string>();
        for (var i = 0; i < 90; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.dataset.name || document.activeElement.className || document.activeElement.textContent"));
        }
        foreach (var name in new[] { "file", "tab-pose", "frontalize", "reset", "Smile", "view" }) Assert.Contains(reached, one => one.Contains(name, StringComparison.Ordinal));
        await page.Locator("#tab-pose").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("true", await page.Locator("#tab-compare").GetAttributeAsync("aria-selected"));
    }
}
