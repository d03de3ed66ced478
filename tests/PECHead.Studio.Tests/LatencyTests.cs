using System.Diagnostics;
using Xunit.Abstractions;

namespace PECHead.Studio.Tests;

/// <summary>How long a slider waits for its picture, through the socket, and that memory does not grow with the number of events.</summary>
public sealed class LatencyTests(StudioFixture fixture, ITestOutputHelper output) : IClassFixture<StudioFixture>
{
    // Generous: the aims are for two idle cores, and a test may run beside others. What was measured is printed.
    private const double MostMilliseconds = 5_000;

    [StudioFact]
    public async Task A_slider_event_is_answered_in_time_by_one_model_and_by_six()
    {
        foreach (var models in new[] { StudioFixture.Settings[..1], StudioFixture.Settings })
        {
            await using var talk = await Talk.Open(fixture.Server);
            await Pictures(talk, models, 0);
            var (times, first) = (new List<double>(), new List<double>());
            for (var i = 0; i < 40; i++)
            {
                var clock = Stopwatch.StartNew();
                first.Add(await Pictures(talk, models, i % 20));
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
            times.Sort();
            first.Sort();
            output.WriteLine(FormattableString.Invariant(
                $"{models.Length} models, 128 px: last picture median {times[20]:0} ms, 95th percentile {times[37]:0} ms; first picture median {first[20]:0} ms; load {File.ReadAllText("/proc/loadavg").Trim()}"));
            Assert.InRange(times[20], 1, MostMilliseconds);
        }
    }

    [StudioFact]
    public async Task Memory_is_flat_over_slider_events()
    {
        await using var talk = await Talk.Open(fixture.Server);
        async Task Events(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var last = await talk.Pose(["kp"], new() { ["yaw"] = i % 40 / 2.0 }, inside: i % 10 == 0);
                // Not every event waits for its picture: some are dropped, as when a slider moves.
                if (i % 3 == 0) await talk.Frame(last);
            }
            await talk.Frame(await talk.Pose(["kp"]));
        }
        await Events(150);
        var before = Resident();
        var tensors = TorchSharp.torch.Tensor.TotalCount;
        await Events(600);
        var after = Resident();
        output.WriteLine($"resident before {before >> 20} MB, after {after >> 20} MB; {tensors} and {TorchSharp.torch.Tensor.TotalCount} tensors");
        Assert.InRange(TorchSharp.torch.Tensor.TotalCount - tensors, -50, 50);
        Assert.True(after - before < 60 << 20, $"{(after - before) >> 20} MB more");
    }

    // Milliseconds until the first picture.
    private static async Task<double> Pictures(Talk talk, string[] models, double yaw)
    {
        var clock = Stopwatch.StartNew();
        var id = await talk.Pose(models, new() { ["yaw"] = yaw });
        await talk.Frame(id);
        var first = clock.Elapsed.TotalMilliseconds;
        for (var i = 1; i < models.Length; i++) await talk.Frame(id);
        return first;
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
