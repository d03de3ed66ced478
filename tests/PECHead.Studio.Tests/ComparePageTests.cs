using Microsoft.Playwright;

namespace PECHead.Studio.Tests;

/// <summary>Which models Compare shows, and what a link may ask for.</summary>
public sealed class ComparePageTests(StudioFixture fixture) : IClassFixture<StudioFixture>
{
    [PageFact]
    public async Task Compare_shows_the_six_settings_when_it_is_opened_first_and_what_was_chosen_later()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(fixture.Server.Link);
        await PageTests.Shown(page, "full");
        Assert.Equal(2, await page.Locator("figure").CountAsync());
        await page.Locator("#tab-compare").ClickAsync();
        foreach (var model in StudioFixture.Settings) await PageTests.Shown(page, model);
        await page.GetByRole(AriaRole.Button, new() { Name = "Only the first" }).ClickAsync();
        await page.Locator("#tab-pose").ClickAsync();
        await page.Locator("#tab-compare").ClickAsync();
        Assert.Equal(2, await page.Locator("figure").CountAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "The six settings" }).ClickAsync();
        Assert.Equal(7, await page.Locator("figure").CountAsync());

        var linked = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=franck&tab=compare&models=kp"));
        await PageTests.Shown(linked, "kp");
        Assert.Equal(2, await linked.Locator("figure").CountAsync());
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task All_models_get_their_numbers_though_some_cannot_be_posed_and_say_so_in_full()
    {
        string[] models = ["full", "mmfa", "featcat", "direct", "lmk", "kp", "fomm", "mraa", "lia", "face2face-rho", "dagan", "codebook"];
        await using var server = await StudioFixture.Start(models: models);
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{server.Link}#photograph=franck&tab=compare&yaw=-14"));
        await page.GetByRole(AriaRole.Button, new() { Name = "All" }).ClickAsync();
        await page.Locator("#numbers tr").Nth(5).WaitForAsync();
        await page.Locator("[data-card=fomm] .failure").WaitForAsync();
        await page.Locator("[data-card=lia] .failure").WaitForAsync();
        await Chromium.Keep(page, "compare-all");
        foreach (var model in new[] { "fomm", "mraa", "lia", "dagan", "codebook" })
        {
            // The text can be read from its first line to its last, and no broken picture stands beneath it.
            Assert.True(await page.Locator($"[data-card={model}] .failure").EvaluateAsync<bool>(
                "text => text.getBoundingClientRect().top >= text.parentElement.getBoundingClientRect().top && text.scrollWidth <= text.clientWidth"), model);
            Assert.False(await page.Locator($"[data-card={model}] .view > img").IsVisibleAsync(), model);
        }
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task Values_of_a_link_are_held_within_their_sliders()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=franck&models=kp&yaw=900&zoom=0&smile=50&pitch=3.123456789"));
        await PageTests.Shown(page, "kp");
        foreach (var (name, value) in new[] { ("yaw", "45"), ("zoom", "0.6"), ("smile", "1.5") }) Assert.Equal(value, await page.Locator($"[data-name={name}]").InputValueAsync());
        await page.WaitForFunctionAsync("parts => parts.every(part => location.hash.includes(part))", new[] { "yaw=45", "zoom=0.6", "smile=1.5", "pitch=3.1235" });
        Assert.Equal(0, await page.Locator(".failure").CountAsync());
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task A_link_to_a_photograph_that_is_gone_says_so_and_shows_no_broken_pictures()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=nobody&models=kp"));
        await page.Locator("#message", new() { HasText = "no longer here" }).WaitForAsync();
        await page.Locator("[data-card=source] .failure").WaitForAsync();
        await Chromium.Keep(page, "gone");
        foreach (var card in new[] { "source", "kp" }) Assert.False(await page.Locator($"[data-card={card}] .view > img").IsVisibleAsync(), card);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollHeight <= innerHeight"), "the page scrolls beside its controls");
        // The browser itself complains of the answer 422.
        Assert.DoesNotContain(browser.Errors, error => !error.Contains("422", StringComparison.Ordinal));
    }
}
