using System.Globalization;
using System.Text.Json;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Flow;
using PECHead.Research.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

[Collection(AloneCollection.Name)]
public sealed class TrainerTests(TinyStore tiny) : IClassFixture<TinyStore>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kp", 1, Precision.Full)]
    [InlineData("kp", 1, Precision.Mixed)]
    [InlineData("full", 2, Precision.Mixed)]
    public void A_resumed_run_ends_with_the_same_bytes_as_one_that_never_stopped(string setting, int framesPerClip, Precision precision)
    {
        var config = Config(steps: 4, precision, setting, framesPerClip);
        Assert.Equal(TrainingOutcome.Finished, Run("whole", config));
        using var stop = new CancellationTokenSource();
        Assert.Equal(TrainingOutcome.Stopped, Run("parts", config, new Watch(p => { if (p.Step == 2) stop.Cancel(); }), cancellation: stop.Token));
        Assert.Equal(2, RunCheckpoint.ReadHeader(Folder("parts").Checkpoint).Progress.Step);
        Assert.Equal(TrainingOutcome.Finished, Run("parts", config));

        using var whole = SafetensorsFile.Open(Folder("whole").Checkpoint);
        using var parts = SafetensorsFile.Open(Folder("parts").Checkpoint);
        Assert.Equal(whole.Keys, parts.Keys);
        foreach (string part in new[] { "model.", "average.", "optimizer.", "discriminator.", "discriminator_optimizer.", "training.random" })
            Assert.Contains(whole.Keys, key => key.StartsWith(part, StringComparison.Ordinal));
        using var scope = NewDisposeScope();
        var (a, b) = (StateDict.Load(Folder("whole").Checkpoint), StateDict.Load(Folder("parts").Checkpoint));
        Assert.All(a, entry => Assert.True(entry.Value.bytes.SequenceEqual(b[entry.Key].bytes), entry.Key));
    }

    [Fact]
    public void Clips_of_a_still_source_and_trembling_faces_repeat_after_a_stop()
    {
        var config = Config(steps: 3, setting: "full", framesPerClip: 2) with { Clips = new ClipTrainingConfig { Noise = 4, Outliers = 0.5, StillSource = true } };
        using var stop = new CancellationTokenSource();
        Assert.Equal(TrainingOutcome.Finished, Run("whole", config));
        Assert.Equal(TrainingOutcome.Stopped, Run("parts", config, new Watch(p => { if (p.Step == 1) stop.Cancel(); }), cancellation: stop.Token));
        Assert.Equal(TrainingOutcome.Finished, Run("parts", config));
        Assert.Equal(TrainingOutcome.Finished, Run("recorded", config with { Clips = null }));

        double[] Totals(string name) => [.. RunLog.Read(Folder(name).Log)["total"].Cast<double>()];
        Assert.Equal(Totals("whole"), Totals("parts"));
        Assert.NotEqual(Totals("recorded"), Totals("whole"));
    }

    [Fact]
    public void Losses_rate_times_and_pictures_are_written_for_TensorBoard()
    {
        Run("run", Config(steps: 3));
        var events = EventFile.Read(Directory.GetFiles(Folder("run").Events).Single());
        var steps = RunLog.Read(Folder("run").Log);

        var numbers = events.SelectMany(entry => entry.Summary?.Value ?? [], (entry, value) => (entry.Step, Value: value)).ToLookup(entry => entry.Value.Tag);
        Assert.Equal(
            ["learning_rate", "loss/discriminator", "loss/total", "seconds/backward", "seconds/data", "seconds/forward", "seconds/loss", "seconds/people", "seconds/update"],
            numbers.Select(tag => tag.Key).Where(tag => !tag.StartsWith("loss/", StringComparison.Ordinal) || tag is "loss/total" or "loss/discriminator")
                .Where(tag => tag != "source, driving, generated").Order(StringComparer.Ordinal));
        Assert.Equal([1L, 2, 3], numbers["loss/total"].Select(entry => entry.Step));
        Assert.Equal(steps["total"].Cast<double>().Select(total => (float)total), numbers["loss/total"].Select(entry => entry.Value.SimpleValue));
        Assert.All(numbers["seconds/backward"], entry => Assert.True(entry.Value.SimpleValue > 0));
        var picture = Assert.Single(numbers["source, driving, generated"]).Value.Image;
        Assert.Equal((3 * 64, 2 * 64), (picture.Width, picture.Height));
    }

    [Fact]
    public void A_seed_fixes_every_loss_and_another_seed_changes_them()
    {
        var (first, again, other) = (Losses("a", 1), Losses("b", 1), Losses("c", 2));
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_keeps_the_checkpoint()
    {
        Run("run", Config(steps: 1));
        var wild = Config(steps: 40);
        Rewrite("run", wild, weights => weights.fill_(1e38));
        var poisoned = File.ReadAllBytes(Folder("run").Checkpoint);

        var error = Assert.Throws<TrainingDivergedException>(() => Run("run", wild));

        Assert.Matches("^the (loss of step|weight) .* (is no finite number|is not finite)", error.Message);
        Assert.Equal(poisoned, File.ReadAllBytes(Folder("run").Checkpoint));
        Assert.Equal(1, RunCheckpoint.ReadHeader(Folder("run").Checkpoint).Progress.Step);
    }

    [Fact]
    public void Two_processes_do_not_train_in_one_folder()
    {
        using (Folder("run").Hold())
        {
            Assert.Contains("another process trains in this folder", Assert.Throws<DataException>(() => Run("run", Config(steps: 1))).Message, StringComparison.Ordinal);
            Assert.False(Folder("run").HasCheckpoint);
        }
        Assert.Equal(TrainingOutcome.Finished, Run("run", Config(steps: 1)));
    }

    [Fact]
    public void A_run_that_is_made_longer_stays_so_though_it_is_killed_at_its_next_step()
    {
        Run("run", Config(steps: 1));
        var longer = Config(steps: 3);
        Assert.Throws<InvalidOperationException>(() => Run("run", longer, new Watch(_ => throw new InvalidOperationException("killed"))));

        var (config, progress) = RunCheckpoint.ReadHeader(Folder("run").Checkpoint);
        Assert.Equal((1, 3, 3), (progress.Step, progress.TotalSteps, config.Training.Steps));
        Assert.Equal(3, ExperimentConfigFile.Read(Folder("run").Config).Training.Steps);
    }

    [Fact]
    public void A_second_stage_begins_with_the_averaged_weights_of_the_first()
    {
        Run("first", Config(steps: 2, setting: "mmfa"));
        var second = Config(steps: 1, setting: "full", framesPerClip: 2);
        Run("second", second with { Training = second.Training with { LearningRate = 1e-30 } }, initial: Folder("first").Checkpoint);

        using var scope = NewDisposeScope();
        var (first, then) = (StateDict.Load(Folder("first").Checkpoint), StateDict.Load(Folder("second").Checkpoint));
        var weights = first.Where(entry => entry.Key.StartsWith("average.", StringComparison.Ordinal) && entry.Key.EndsWith("weight", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(weights);
        Assert.All(weights, entry => TensorAssert.Close(entry.Value, then["model." + entry.Key["average.".Length..]], 1e-7, entry.Key));
    }

    [Fact]
    public void A_run_in_minutes_ends_in_time_and_can_go_on()
    {
        var outcome = Run("run", Config(steps: 100_000), minutes: 0.02);
        Assert.Equal(TrainingOutcome.OutOfTime, outcome);
        Assert.InRange(RunCheckpoint.ReadHeader(Folder("run").Checkpoint).Progress.Step, 1, 1000);
    }

    [Fact]
    public void A_run_without_length_is_refused()
        => Assert.Contains("minutes", Assert.Throws<ArgumentException>(() => Run("run", Config(steps: 0))).Message, StringComparison.Ordinal);

    [Fact]
    public void Frames_of_another_size_than_the_model_are_refused()
    {
        var error = Assert.Throws<Research.Data.DataException>(() => Run("run", Config(steps: 1) with { Size = "small" }));
        Assert.Contains("--size 128", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_says_what_was_used_and_every_line_is_json()
    {
        Run("run", Config(steps: 2));
        var lines = File.ReadAllLines(Folder("run").Log).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["start", "step", "step", "checkpoint", "end"], lines.Select(line => line.GetProperty("event").GetString()));
        Assert.Contains("image pyramid", lines[0].GetProperty("perceptual_features").GetString(), StringComparison.Ordinal);
        Assert.True(double.IsFinite(lines[1].GetProperty("total").GetDouble()));
        Assert.Equal(ExperimentConfigFile.Format(Config(steps: 2)), File.ReadAllText(Folder("run").Config));
    }

    [Fact]
    public void Steps_leave_no_tensors_and_no_memory_behind()
    {
        var steps = int.Parse(Environment.GetEnvironmentVariable("PECHEAD_ENDURANCE_STEPS") ?? "60", CultureInfo.InvariantCulture);
        var live = new List<long>();
        var resident = new List<long>();
        Run("run", Config(steps), new Watch(_ =>
        {
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            resident.Add(Environment.WorkingSet);
        }));
        Assert.Single(live.Skip(5).Distinct());
        Assert.InRange(resident[^1], 0, resident[steps / 2] * 1.03);
    }

    private List<double> Losses(string name, long seed)
    {
        var config = Config(steps: 2);
        var losses = new List<double>();
        Run(name, config with { Training = config.Training with { Seed = seed } }, new Watch(p => losses.Add(p.Losses["total"])));
        return losses;
    }

    private TrainingOutcome Run(
        string name, ExperimentConfig config, IProgress<TrainingProgress>? progress = null, double? minutes = null, string? initial = null,
        CancellationToken cancellation = default)
    {
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());
        return new Trainer(tiny.Store, Folder(name), perceptual, new StillFlow(), CPU).Run(config, minutes, initial, progress, cancellation);
    }

    // The same weights under another configuration, as a resumed run would read it.
    private void Rewrite(string name, ExperimentConfig config, Action<Tensor>? change = null)
    {
        var (written, _) = RunCheckpoint.ReadHeader(Folder(name).Checkpoint);
        using var state = TrainingState.Create(written, CPU);
        TrainingCheckpoint.Restore(Folder(name).Checkpoint, state);
        using (no_grad()) change?.Invoke(state.Model.parameters().First());
        TrainingCheckpoint.Save(Folder(name).Checkpoint, config with { ExpressionSize = written.ExpressionSize }, new RunProgress(1, config.Training.Steps, 1), state);
    }

    private RunFolder Folder(string name) => new(_folder[name]);

    private static ExperimentConfig Config(int steps, Precision precision = Precision.Full, string setting = "kp", int framesPerClip = 1) => new()
    {
        Setting = AblationSettings.Named(setting),
        Size = "tiny",
        ExpressionSize = 3,
        Loss = new LossWeights { Adversarial = 1 },
        Augmentation = new FrameAugmentationConfig { Flip = 0.5, Brightness = 0.1, Contrast = 0.1, Saturation = 0.1 },
        Training = new TrainingConfig { Steps = steps, BatchSize = 2, FramesPerClip = framesPerClip, Precision = precision },
    };

    private sealed class Watch(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
