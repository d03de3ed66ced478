using Microsoft.Playwright;

namespace PECHead.Studio.Tests;

/// <summary>What a user does with the page. Pictures of it are left in runs/studio.</summary>
public sealed class PageTests(StudioFixture fixture) : IClassFixture<StudioFixture>
{
    [PageFact]
    public async Task A_slider_changes_the_picture_and_the_face_in_it_turns()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(fixture.Server.Link);
        await Shown(page, "full");
        await Chromium.Keep(page, "pose-start");
        await page.Locator("[data-name=yaw]").FillAsync("20");
        await page.Locator("[data-name=smile]").FillAsync("0.9");
        await page.WaitForTimeoutAsync(1500);
        await Chromium.Keep(page, "pose");
        Assert.Empty(browser.Errors);
    }

    private static Task Shown(IPage page, string model) => page.Locator($"[data-card={model}] img[data-id]").WaitForAsync();
}
