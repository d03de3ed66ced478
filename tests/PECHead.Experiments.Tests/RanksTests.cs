using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PECHead.Experiments.Tests;

/// <summary>Training in several processes, as a user starts it on a cluster.</summary>
public sealed class RanksTests : IDisposable
{
    private const string OpenMpi = "mpirun.openmpi", Mpich = "mpirun.mpich";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pechead-tests-{Guid.NewGuid():N}");

    public RanksTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RanksFact]
    public void Two_ranks_follow_the_curve_of_one_and_a_run_goes_on_with_another_number_of_ranks()
    {
        Prepare();
        Assert.Equal(0, End(Start(OpenMpi, 1, Train("one", steps: 3))).Code);
        Assert.Equal(0, End(Start(OpenMpi, 2, Train("two", steps: 2))).Code);
        var resumed = End(Start(Mpich, 1, [.. Train("two", steps: 3), "--resume"]));
        Assert.Equal(0, resumed.Code);

        var (one, two) = (Losses("one"), Losses("two"));
        Assert.Equal([1, 2, 3], two.Select(step => step.Step));
        // Brain floats and batch statistics of two halves round differently; the frames are the same.
        Assert.All(one.Zip(two), pair => Assert.Equal(pair.First.Pixel, pair.Second.Pixel, 0.02 * pair.First.Pixel));
        var uneven = End(Start(OpenMpi, 3, Train("three", steps: 1)));
        Assert.Equal(1, uneven.Code);
        Assert.Contains("A batch of 4 pairs cannot be split evenly among 3 ranks", uneven.Said, StringComparison.Ordinal);
    }

    [RanksFact]
    public void An_ablation_trains_in_two_ranks_and_is_collected_by_one()
    {
        Prepare();
        File.WriteAllText(In("plan.yaml"), "store: store\nsettings: [kp]\nseeds: [1]\nmetrics: [L1]\nframes_per_clip: 2\nsamples: 1\nexperiment:\n  size: tiny\n  training: {batch_size: 4, precision: full}\n");
        string[] ablate = ["ablate", "--plan", In("plan.yaml"), "--store", In("store"), "--seed", "2", "--steps", "2", "--no-faces", "--out", In("ablation"), "--data", NpmPackages.Data];

        var (code, said) = End(Start(OpenMpi, 2, ablate));
        Assert.True(code == 0, said);
        Assert.Contains("\"ranks\":2", File.ReadAllLines(In("ablation/kp-seed2/log.jsonl"))[0], StringComparison.Ordinal);
        File.Delete(In("ablation/table4.csv"));
        var (again, output, error) = Program.Run([.. ablate, "--collect"]);

        Assert.True(again == 0, error);
        Assert.Contains("KP", output, StringComparison.OrdinalIgnoreCase);
        Assert.True(File.Exists(In("ablation/table4.csv")));
        Assert.Contains("give one of the two", Program.Run([.. ablate, "--seeds", "3"]).Error, StringComparison.Ordinal);
    }

    [RanksFact]
    public void A_warning_of_the_scheduler_saves_and_asks_to_be_queued_again()
    {
        Prepare();
        using var training = Start(OpenMpi, 2, Train("run", steps: 100000));
        WaitForStep("run", 2);
        Signal("USR1", training.Id);
        var (code, said) = End(training);

        Assert.True(code == 75, said);
        Assert.Contains("Stopped", File.ReadAllLines(In("run/log.jsonl"))[^1], StringComparison.Ordinal);
        Assert.True(File.Exists(In("run/checkpoint.safetensors")));
    }

    [RanksFact]
    public void A_rank_that_is_killed_ends_all_and_leaves_a_run_that_goes_on()
    {
        Prepare();
        Assert.Equal(0, End(Start(OpenMpi, 2, Train("run", steps: 2))).Code);
        using var training = Start(OpenMpi, 2, [.. Train("run", steps: 100000), "--resume"]);
        WaitForStep("run", 4);
        Signal("KILL", Children(training.Id)[^1]);
        var clock = Stopwatch.StartNew();
        var (code, said) = End(training);

        Assert.NotEqual(0, code);
        Assert.Contains("signal 9", said, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1));
        Assert.Equal(0, End(Start(OpenMpi, 2, [.. Train("run", steps: 100000), "--resume", "--minutes", "0.05"])).Code);
    }

    private void Prepare()
    {
        TwoRanks.Prepare(_folder);
        File.WriteAllText(In("tiny.yaml"), "setting: kp\nsize: tiny\ntraining:\n  batch_size: 4\n  precision: full\n");
    }

    private string[] Train(string run, int steps)
        => ["train", "--store", In("store"), "--run", In(run), "--config", In("tiny.yaml"), "--steps", $"{steps}", "--data", NpmPackages.Data];

    private string In(string name) => Path.Combine(_folder, name);

    private IReadOnlyList<(int Step, double Pixel)> Losses(string run) =>
    [
        .. File.ReadLines(In($"{run}/log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Where(entry => entry.GetProperty("event").GetString() == "step")
            .Select(entry => (entry.GetProperty("step").GetInt32(), entry.GetProperty("pixel").GetDouble())),
    ];

    private void WaitForStep(string run, int step)
    {
        var log = In($"{run}/log.jsonl");
        for (var i = 0; i < 1200 && !(File.Exists(log) && File.ReadAllText(log).Contains($"\"step\":{step},", StringComparison.Ordinal)); i++) Thread.Sleep(50);
    }

    private static Process Start(string launcher, int ranks, string[] arguments)
    {
        string[] options = launcher == OpenMpi ? ["--allow-run-as-root", "--oversubscribe"] : [];
        var start = new ProcessStartInfo(launcher, [.. options, "-n", $"{ranks}", "dotnet", Program.Assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    private static (int Code, string Said) End(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(3)));
        return (process.ExitCode, output + error.Result);
    }

    private static void Signal(string name, int process)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit();
    }

    private static int[] Children(int process)
    {
        using var list = Process.Start(new ProcessStartInfo("pgrep", ["-P", $"{process}"]) { RedirectStandardOutput = true })!;
        return [.. list.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    private sealed class RanksFactAttribute : FactAttribute
    {
        public RanksFactAttribute()
        {
            var missing = new[] { OpenMpi, Mpich }.FirstOrDefault(launcher => !File.Exists(Path.Combine("/usr/bin", launcher)));
            Skip = missing is null ? NpmPackages.Missing : $"needs {missing} (setup.sh --tests installs it)";
        }
    }
}
