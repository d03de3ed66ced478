namespace PECHead.Experiments.Tests;

/// <summary>The ablation as an array of jobs of a real Slurm, by the script that this project has for it.</summary>
public sealed class SlurmTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pechead-tests-{Guid.NewGuid():N}");

    public SlurmTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SlurmFact]
    public void Jobs_of_an_array_train_in_ranks_are_collected_and_one_that_is_warned_is_queued_again()
    {
        var store = Path.Combine(_folder, "store");
        TwoRanks.Prepare(_folder);
        var plan = Path.Combine(_folder, "plan.yaml");
        File.WriteAllText(plan, "store: store\nsettings: [kp, lmk]\nseeds: [1]\nmetrics: [L1]\nframes_per_clip: 2\nsamples: 1\nexperiment:\n  size: tiny\n  training: {batch_size: 4, precision: full}\n");
        string[] common = ["--store", store, "--no-faces", "--data", NpmPackages.Data];
        using var slurm = OneNodeSlurm.Start(_folder);
        string Submit(string array, int steps, string output) => slurm.Run(
            "sbatch", ["--parsable", $"--array={array}", $"--chdir={_folder}", Script],
            new Dictionary<string, string>
            {
                ["PECHEAD"] = $"dotnet {Program.Assembly}",
                ["PLAN"] = plan,
                ["STEPS"] = $"{steps}",
                ["OUT"] = Path.Combine(_folder, output),
                ["LAUNCHER"] = "mpirun.openmpi --allow-run-as-root --oversubscribe",
                ["MORE"] = string.Join(' ', common),
            });

        var job = Submit("0-1", steps: 2, "out");
        Wait(() => slurm.Run("squeue", ["-h", "-j", job]).Length == 0);
        var (code, output, error) = Program.Run(["ablate", "--plan", plan, "--seeds", "1", "--steps", "2", "--out", Path.Combine(_folder, "out"), "--collect", .. common]);
        Assert.True(code == 0, $"{error} {Logs()}");
        Assert.Contains("| kp |", output, StringComparison.Ordinal);
        Assert.Contains("| lmk |", output, StringComparison.Ordinal);
        Assert.DoesNotContain("not finished", output, StringComparison.Ordinal);

        var longer = Submit("0", steps: 100_000, "longer");
        var log = Path.Combine(_folder, "longer", "kp-frames-seed1", "log.jsonl");
        Wait(() => File.Exists(log) && File.ReadAllText(log).Contains("\"step\":2,", StringComparison.Ordinal));
        slurm.Run("scancel", ["--batch", "--signal=USR1", $"{longer}_0"]);
        Wait(() => slurm.Run("scontrol", ["show", "job", $"{longer}_0"]).Contains("Restarts=1", StringComparison.Ordinal));

        Assert.Contains("Stopped", File.ReadAllLines(log)[^1], StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "longer", "kp-frames-seed1", "checkpoint.safetensors")));
        slurm.Run("scancel", [longer]);
    }

    private static string Script => Path.GetFullPath(Path.Combine(NpmPackages.Data, "..", "ablations", "slurm", "table4.sbatch"));

    private string Logs() => string.Join(" ", Directory.GetFiles(_folder, "table4-*.log").Select(File.ReadAllText));

    private void Wait(Func<bool> holds)
    {
        for (var i = 0; i < 1800 && !holds(); i++) Thread.Sleep(100);
        Assert.True(holds(), Logs());
    }

    private sealed class SlurmFactAttribute : FactAttribute
    {
        public SlurmFactAttribute() => Skip = OneNodeSlurm.Missing ?? NpmPackages.Missing;
    }
}
