using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace PECHead.Studio.Tests;

/// <summary>How long a slider waits for its picture, and that memory does not grow with the number of events. tests/studio.sh asks for more of both.</summary>
public sealed class LatencyTests(StudioFixture fixture, ITestOutputHelper output) : IClassFixture<StudioFixture>
{
    // Generous: the aims are for two idle cores, and a test may run beside others. What was measured is printed.
    private const double MostMilliseconds = 5_000;
    private const int First = 5;

    // Moves the slider of yaw, and waits until every model shows its picture.
    private const string Moves =
        """
        async ([models, moves]) => {
          const slider = document.querySelector('[data-name=yaw]'), rows = [];
          const shown = (image, before, began) => new Promise(resolve => {
            const seen = new MutationObserver(() => {
              if (image.dataset.id === before) return;
              seen.disconnect();
              requestAnimationFrame(() => resolve(performance.now() - began));
            });
            seen.observe(image, { attributes: true, attributeFilter: ['data-id'] });
          });
          for (let move = 0; move < moves; move++) {
            const images = models.map(model => document.querySelector(`[data-card=${model}] img`));
            const began = performance.now();
            const waits = images.map(image => shown(image, image.dataset.id, began));
            slider.value = move % 20 - 10;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            rows.push(await Promise.all(waits));
          }
          return rows;
        }
        """;

    private static readonly int Pictures = Number("PECHEAD_STUDIO_PICTURES", 12);
    private static readonly int Events = Number("PECHEAD_STUDIO_EVENTS", 600);

    [PageFact]
    public async Task A_slider_is_followed_by_the_pictures_of_one_two_and_six_models()
    {
        output.WriteLine($"load before {File.ReadAllText("/proc/loadavg").Trim()}; {Pictures} moves of a slider");
        output.WriteLine("| models | where | first picture, median, ms | last picture, median, ms | last picture, 95th percentile, ms |");
        output.WriteLine("|---:|---|---:|---:|---:|");
        await using var browser = await Chromium.Start();
        foreach (var models in new[] { StudioFixture.Settings[..1], StudioFixture.Settings[..2], StudioFixture.Settings })
        {
            await using (var talk = await Talk.Open(fixture.Server))
            {
                var rows = new List<double[]>();
                for (var i = 0; i < First + Pictures; i++) rows.Add(await Waits(talk, models, (i % 20) - 10));
                Row(models, "socket", rows);
            }
            var page = await browser.Open(new Uri($"{fixture.Server.Link}#photograph=franck&models={string.Join(',', models)}"));
            foreach (var model in models) await PageTests.Shown(page, model);
            await page.Locator("[data-name=yaw]").WaitForAsync();       // the first picture may be there before the sliders
            Row(models, "page", await page.EvaluateAsync<double[][]>(Moves, new object[] { models, First + Pictures }));
            await page.CloseAsync();
        }
        output.WriteLine($"load after {File.ReadAllText("/proc/loadavg").Trim()}");
        Assert.Empty(browser.Errors);
    }

    [StudioFact]
    public async Task Memory_is_flat_over_slider_events()
    {
        await using var talk = await Talk.Open(fixture.Server);
        async Task Move(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var last = await talk.Pose(i % 20 == 0 ? ["kp", "full"] : ["kp"], new() { ["yaw"] = i % 40 / 2.0 }, inside: i % 10 == 0);
                // Not every event waits for its picture: some are dropped, as when a slider moves.
                if (i % 3 == 0) await talk.Frame(last);
            }
            await talk.Frame(await talk.Pose(["kp"]));
            var end = await talk.Pose(["full"]);
            // Nothing is computed any more when the numbers have come.
            while ((long)(await talk.Next("numbers"))["id"]! != end) { }
        }
        await Move(Math.Max(150, Events / 10));
        var (before, tensors) = (Resident(), TorchSharp.torch.Tensor.TotalCount);
        await Move(Events);
        var after = Resident();
        output.WriteLine($"{Events} slider events: resident {before >> 20} MB before, {after >> 20} MB after; {tensors} and {TorchSharp.torch.Tensor.TotalCount} tensors");
        Assert.InRange(TorchSharp.torch.Tensor.TotalCount - tensors, -50, 50);
        Assert.True(after - before < 60 << 20, $"{(after - before) >> 20} MB more");
    }

    // Milliseconds until each picture.
    private static async Task<double[]> Waits(Talk talk, string[] models, double yaw)
    {
        var clock = Stopwatch.StartNew();
        var id = await talk.Pose(models, new() { ["yaw"] = yaw });
        var waits = new double[models.Length];
        for (var i = 0; i < waits.Length; i++)
        {
            await talk.Frame(id);
            waits[i] = clock.Elapsed.TotalMilliseconds;
        }
        return waits;
    }

    // The first moves compile methods.
    private void Row(string[] models, string where, IReadOnlyList<double[]> rows)
    {
        double[] first = [.. rows.Skip(First).Select(waits => waits.Min()).Order()], last = [.. rows.Skip(First).Select(waits => waits.Max()).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {models.Length} | {where} | {first[first.Length / 2]:0} | {last[last.Length / 2]:0} | {last[(int)Math.Ceiling(0.95 * last.Length) - 1]:0} |"));
        Assert.InRange(last[last.Length / 2], 1, MostMilliseconds);
    }

    private static int Number(string name, int usual) => int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{usual}", CultureInfo.InvariantCulture);

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
