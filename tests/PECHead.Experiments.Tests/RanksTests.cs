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

    /// <summary>One kill; tests/kills.sh asks for more, at other moments, and for what was lost.</summary>
    [RanksFact]
    public void A_rank_that_is_killed_at_a_random_moment_ends_all_and_the_run_loses_at_most_one_interval_of_checkpoints()
    {
        const double Interval = 0.02;   // minutes
        var kills = int.Parse(Environment.GetEnvironmentVariable("PECHEAD_KILLS") ?? "1", CultureInfo.InvariantCulture);
        var random = new Random(20);
        Prepare(Interval);
        string[] resume = [.. Train("run", steps: 100000), "--resume"];
        Assert.Equal(0, End(Start(OpenMpi, 2, Train("run", steps: 2))).Code);
        var table = Path.Combine(Path.GetTempPath(), "pechead-kills.csv");
        File.WriteAllText(table, "seconds until all had ended,steps lost,seconds lost,seconds of the longest step\n");
        for (var kill = 0; kill < kills; kill++)
        {
            var (from, logged) = (ReadCheckpoint(), Events("step").Count);
            using var training = Start(OpenMpi, 2, resume);
            for (var i = 0; i < 2400 && Events("step").Count == logged && !training.HasExited; i++) Thread.Sleep(50);
            Thread.Sleep(TimeSpan.FromSeconds(random.NextDouble() * 60 * Interval * 2));
            var ranks = Children(training.Id);
            if (ranks.Length != 2) Assert.Fail($"after {kill} kills: {End(training)}");
            var victim = ranks[random.Next(2)];
            var clock = Stopwatch.StartNew();
            Signal("KILL", victim);
            var (code, said) = End(training);
            var ended = clock.Elapsed.TotalSeconds;

            Assert.NotEqual(0, code);
            Assert.Contains("signal 9", said, StringComparison.Ordinal);
            Assert.InRange(ended, 0, 60);
            // What the log tells of steps behind the last checkpoint is what the kill took back.
            var (whole, steps) = (ReadCheckpoint(), Events("step").Skip(logged).ToList());
            Assert.Equal(from.Step + 1, steps[0].Step);
            // A step under way is not interrupted by a checkpoint. The log rounds to milliseconds.
            var longest = steps.Select(step => step.Seconds).Zip(steps.Select(step => step.Seconds).Prepend(from.Seconds), (step, before) => step - before).Max();
            var lost = steps[^1].Seconds - whole.Seconds;
            File.AppendAllText(table, string.Create(CultureInfo.InvariantCulture, $"{ended:0.00},{steps[^1].Step - whole.Step},{lost:0.000},{longest:0.000}\n"));
            Assert.InRange(lost, -0.001, (60 * Interval) + longest + 0.001);
        }
        var before = ReadCheckpoint().Step;
        Assert.Equal(0, End(Start(OpenMpi, 2, [.. resume, "--minutes", "0.05"])).Code);
        Assert.True(ReadCheckpoint().Step > before);
    }

    [RanksFact]
    public void Two_ranks_prepare_the_store_and_write_the_table_of_one()
    {
        TwoRanks.Film(In("videos/cap.mp4"), "cap13_edit2.mp4", "236:236:78:54", start: 0, frames: 40);
        TwoRanks.Film(In("videos/franck.mp4"), "franck.mp4", "288:288:64:0", start: 0, frames: 44);
        string[] Store(string name) => ["data", "prepare", In("videos"), "--size", "64", "--out", In(name), "--data", NpmPackages.Data];
        Succeed(1, Store("store"));
        Succeed(2, Store("shared"));
        foreach (var file in new[] { "frames.bin", "index.json", "checksum.sha256", "faces.mesh.safetensors" })
            Assert.True(File.ReadAllBytes(In($"store/{file}")).AsSpan().SequenceEqual(File.ReadAllBytes(In($"shared/{file}"))), file);
        Assert.Empty(Directory.GetFiles(In("shared"), "progress*"));

        KillAfterTheFirstFrames(Store("killed"), In("killed"));
        Succeed(1, Store("killed"));
        foreach (var file in Directory.GetFiles(In("store")).Select(file => Path.GetFileName(file)!))
            Assert.True(File.ReadAllBytes(In($"store/{file}")).AsSpan().SequenceEqual(File.ReadAllBytes(In($"killed/{file}"))), file);

        File.WriteAllText(In("tiny.yaml"), "setting: kp\nsize: tiny\ntraining:\n  batch_size: 4\n  precision: full\n");
        Succeed(1, Train("run", steps: 1));
        string[] Compare(string output) => ["evaluate", "--store", In("store"), "--model", In("run"), "--panel", "none", "--video", "none", "--no-faces", "--json", In(output), "--data", NpmPackages.Data];
        Succeed(1, Compare("one.json"));
        Succeed(2, Compare("two.json"));
        Assert.Equal(File.ReadAllText(In("one.json")), File.ReadAllText(In("two.json")));
        string[] Evaluate(string store, string output) =>
            ["evaluate", "--protocol", "unseen-people", "--store", In(store), "--model", In("run"), "--out", In(output), "--kept", In($"kept-{output}"), "--data", NpmPackages.Data];
        Succeed(1, Evaluate("store", "one"));
        Succeed(2, Evaluate("store", "two"));
        string[] written = [.. Directory.GetFiles(In("one")).Select(file => Path.GetFileName(file)!)];
        Assert.Contains("worst-same-identity.svg", written);
        // Fréchet distances are of covariances that were summed in another order; what they are drawn or written into in full is left out.
        foreach (var file in written.Except(["table.csv", "index.html", "bars.svg"])) Assert.True(File.ReadAllText(In($"one/{file}")) == File.ReadAllText(In($"two/{file}")), file);
        var (one, two) = (Research.Data.CsvTable.Read(In("one/table.csv")), Research.Data.CsvTable.Read(In("two/table.csv")));
        foreach (var column in one.Columns)
        {
            for (var row = 0; row < column.Length; row++)
            {
                var (alone, shared) = (column[row], two[column.Name][row]);
                if (column.Name.StartsWith('F') && alone is double distance) Assert.InRange((double)shared / distance, 1 - 1e-6, 1 + 1e-6);
                else Assert.True(Equals(alone, shared), $"{column.Name} {row}: {alone} {shared}");
            }
        }

        using (var frames = new FileStream(In("shared/frames.bin"), FileMode.Open)) frames.WriteByte((byte)(255 - File.ReadAllBytes(In("store/frames.bin"))[0]));
        Succeed(2, Evaluate("shared", "damaged"));
        Assert.Contains("clips were left out, because frames of theirs are damaged: cap.mp4", File.ReadAllText(In("damaged/table.md")), StringComparison.Ordinal);
        Assert.Contains("(found by rank ", File.ReadAllText(In("damaged/table.md")), StringComparison.Ordinal);
    }

    private void Prepare(double checkpointMinutes = 2)
    {
        TwoRanks.Prepare(_folder);
        File.WriteAllText(In("tiny.yaml"), string.Create(CultureInfo.InvariantCulture, $"setting: kp\nsize: tiny\ntraining:\n  batch_size: 4\n  precision: full\n  checkpoint_minutes: {checkpointMinutes}\n"));
    }

    // One of two ranks is killed as soon as there are frames on the disk.
    private static void KillAfterTheFirstFrames(string[] prepare, string store)
    {
        using var preparing = Start(OpenMpi, 2, prepare);
        bool Begun() => Directory.GetDirectories(Path.GetDirectoryName(store)!, $"*{Path.GetFileName(store)}*").Any(folder => File.Exists(Path.Combine(folder, "frames.bin")));
        for (var i = 0; i < 2400 && !Begun(); i++) Thread.Sleep(25);
        Signal("KILL", Children(preparing.Id)[1]);
        var (code, said) = End(preparing);
        Assert.NotEqual(0, code);
        Assert.Contains("signal 9", said, StringComparison.Ordinal);
    }

    private static void Succeed(int ranks, params string[] arguments)
    {
        var (code, said) = End(Start(OpenMpi, ranks, arguments));
        Assert.True(code == 0, said);
    }

    private List<(int Step, double Seconds)> Events(string kind) =>
    [
        // The line under way when a rank was killed may be torn.
        .. File.ReadLines(In("run/log.jsonl")).Where(line => line.StartsWith($"{{\"event\":\"{kind}\"", StringComparison.Ordinal) && line.EndsWith('}'))
            .Select(line => JsonDocument.Parse(line).RootElement).Select(entry => (entry.GetProperty("step").GetInt32(), entry.GetProperty("seconds").GetDouble())),
    ];

    private Research.Runs.RunProgress ReadCheckpoint() => Research.Runs.RunCheckpoint.ReadHeader(In("run/checkpoint.safetensors")).Item2;

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
