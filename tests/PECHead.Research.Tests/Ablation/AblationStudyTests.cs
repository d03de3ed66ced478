using PECHead.Research.Ablation;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Flow;
using PECHead.Research.Tests.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Ablation;

[Collection(AloneCollection.Name)]
public sealed class AblationStudyTests(TinyStore tiny) : IClassFixture<TinyStore>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private readonly PyramidPerceptualLoss _perceptual = new(new ImagePyramidFeatures());

    public void Dispose()
    {
        _perceptual.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_study_killed_in_every_stage_ends_as_one_that_never_stopped()
    {
        Run("whole");
        var killed = new List<string>();
        // Kills are exceptions out of a step: no checkpoint is written, as when the process dies. Checkpoints come every step.
        foreach (var (run, step) in new[] { ("kp-frames, seed 1", 2), ("kp, seed 1", 1), ("mmfa-frames, seed 1", 1), ("full, seed 1", 1) })
        {
            Assert.Throws<KilledException>(() => Run("parts", new Watch(p =>
            {
                killed.Add(p.Run);
                if (p.Run == run && p.Training?.Step == step) throw new KilledException();
            })));
        }
        Assert.False(File.Exists(_folder["parts/full-seed1/evaluation.json"]));
        Run("parts");

        using var scope = NewDisposeScope();
        foreach (var run in new[] { "kp-frames-seed1", "kp-seed1", "mmfa-frames-seed1", "full-seed1" })
        {
            var (whole, parts) = (StateDict.Load(_folder[$"whole/{run}/checkpoint.safetensors"]), StateDict.Load(_folder[$"parts/{run}/checkpoint.safetensors"]));
            Assert.All(whole, entry => Assert.True(entry.Value.bytes.SequenceEqual(parts[entry.Key].bytes), $"{run}: {entry.Key}"));
        }
        Assert.Equal(AblationResult.Read(_folder["whole/full-seed1/evaluation.json"]).Metrics, AblationResult.Read(_folder["parts/full-seed1/evaluation.json"]).Metrics);
    }

    [Fact]
    public void Finished_runs_are_not_done_again_and_all_tables_and_samples_are_there()
    {
        var results = Run("out");
        Assert.Equal([("kp", 5), ("full", 5)], results.Select(result => (result.Setting, result.Steps)));
        foreach (var file in new[] { "table4.csv", "table4.md", "table4.html", "table4.tex", "runs.csv", "curves.svg", "curves.html", "samples.png" })
            Assert.True(new FileInfo(_folder[$"out/{file}"]).Length > 0, file);
        var written = File.GetLastWriteTimeUtc(_folder["out/full-seed1/checkpoint.safetensors"]);

        var again = Run("out", new Watch(p => Assert.Null(p.Training)));

        Assert.Equal(results.Select(result => result.Metrics), again.Select(result => result.Metrics));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["out/full-seed1/checkpoint.safetensors"]));
    }

    [Fact]
    public void Runs_that_were_jobs_of_their_own_are_collected_as_far_as_they_are_finished()
    {
        Assert.Contains("no run of this plan", Assert.Throws<DataException>(() => Study("out").Collect()).Message, StringComparison.Ordinal);
        var kp = Run("out", plan: Plan with { Settings = [AblationSettings.Kp] });
        foreach (var file in new[] { "table4.csv", "runs.csv", "curves.svg", "samples.png" }) File.Delete(_folder[$"out/{file}"]);

        var (results, unfinished) = Study("out").Collect();

        Assert.Equal(kp.Select(result => result.Metrics), results.Select(result => result.Metrics));
        Assert.Equal(["full-seed1"], unfinished);
        foreach (var file in new[] { "table4.csv", "runs.csv", "curves.svg", "samples.png" }) Assert.True(File.Exists(_folder[$"out/{file}"]), file);
        Assert.False(Directory.Exists(_folder["out/full-seed1"]));
    }

    [Fact]
    public void A_folder_of_another_budget_and_a_damaged_result_are_refused()
    {
        var plan = Plan with { Settings = [AblationSettings.Kp] };
        Run("out", plan: plan, steps: 2);
        Assert.Contains("another plan", Assert.Throws<DataException>(() => Run("out", plan: plan, steps: 3)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["out/kp-seed1/evaluation.json"], "{\"setting\": \"kp\"");
        Assert.Contains("no result", Assert.Throws<DataException>(() => Run("out", plan: plan, steps: 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_lacks_a_metric_of_the_plan_is_measured_again_and_nothing_is_trained()
    {
        var plan = Plan with { Settings = [AblationSettings.Kp] };
        var before = Run("out", plan: plan, steps: 2)[0];
        var path = _folder["out/kp-seed1/evaluation.json"];
        before = before with { Metrics = [.. before.Metrics.Where(metric => metric.Name != "PSNR")] };
        before.Write(path);

        Assert.DoesNotContain(Run("out", plan: plan with { Metrics = ["L1"] }, steps: 2)[0].Metrics, metric => metric.Name == "PSNR");
        var after = Run("out", new Watch(p => Assert.Null(p.Training)), plan with { Metrics = ["L1", "PSNR"] }, steps: 2)[0];

        Assert.Contains(after.Metrics, metric => metric.Name == "PSNR");
        Assert.Equal(before.Metrics.Single(metric => metric.Name == "L1"), after.Metrics.Single(metric => metric.Name == "L1"));
    }

    [Fact]
    public void A_truncated_checkpoint_is_named()
    {
        var plan = Plan with { Settings = [AblationSettings.Kp] };
        Assert.Throws<KilledException>(() => Run("out", new Watch(p => { if (p.Training?.Step == 2) throw new KilledException(); }), plan));
        var path = _folder["out/kp-frames-seed1/checkpoint.safetensors"];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..5000]);
        Assert.Contains(path, Assert.Throws<CheckpointFormatException>(() => Run("out", plan: plan)).Message, StringComparison.Ordinal);
    }

    private static AblationPlan Plan { get; } = new()
    {
        Settings = [AblationSettings.Kp, AblationSettings.Full],
        FramesPerClip = 2,
        Stride = 5,
        Samples = 1,
        Experiment = new ExperimentConfig
        {
            Size = "tiny",
            Training = new TrainingConfig { BatchSize = 2, Precision = Precision.Full, CheckpointMinutes = 1e-9 },
        },
    };

    private IReadOnlyList<AblationResult> Run(string folder, Watch? watch = null, AblationPlan? plan = null, int steps = 5)
        => Study(folder, plan, steps).Run(watch);

    private AblationStudy Study(string folder, AblationPlan? plan = null, int steps = 5)
        => new(plan ?? Plan, AblationBudget.OfSteps(steps), tiny.Store, _folder[folder], _perceptual, new StillFlow(), CPU);

    private sealed class Watch(Action<AblationProgress> report) : IProgress<AblationProgress>
    {
        public void Report(AblationProgress value) => report(value);
    }

    private sealed class KilledException : Exception;
}
