using System.Text.Json;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Losses;
using PECHead.Research.Tests.Data;
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
    [InlineData(Precision.Full)]
    [InlineData(Precision.Mixed)]
    public void A_resumed_run_ends_with_the_same_bytes_as_one_that_never_stopped(Precision precision)
    {
        var config = Config(steps: 4, precision);
        Assert.Equal(TrainingOutcome.Finished, Run("whole", config));
        using var stop = new CancellationTokenSource();
        Assert.Equal(TrainingOutcome.Stopped, Run("parts", config, new Watch(p => { if (p.Step == 2) stop.Cancel(); }), null, stop.Token));
        Assert.Equal(2, TrainingCheckpoint.ReadHeader(Folder("parts").Checkpoint).Progress.Step);
        Assert.Equal(TrainingOutcome.Finished, Run("parts", config));

        using var whole = SafetensorsFile.Open(Folder("whole").Checkpoint);
        using var parts = SafetensorsFile.Open(Folder("parts").Checkpoint);
        Assert.Equal(whole.Keys, parts.Keys);
        Assert.Contains("training.optimizer", whole.Keys);
        using var scope = NewDisposeScope();
        var (a, b) = (StateDict.Load(Folder("whole").Checkpoint), StateDict.Load(Folder("parts").Checkpoint));
        Assert.All(a, entry => Assert.True(entry.Value.bytes.SequenceEqual(b[entry.Key].bytes), entry.Key));
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
        var sane = Config(steps: 1);
        Run("run", sane);
        var before = File.ReadAllBytes(Folder("run").Checkpoint);
        var wild = sane with { Training = sane.Training with { Steps = 40, LearningRate = 1e30 } };
        Rewrite("run", wild);
        var poisoned = File.ReadAllBytes(Folder("run").Checkpoint);

        var error = Assert.Throws<TrainingDivergedException>(() => Run("run", wild));

        Assert.Contains("not", error.Message, StringComparison.Ordinal);
        Assert.Equal(poisoned, File.ReadAllBytes(Folder("run").Checkpoint));
        Assert.Equal(1, TrainingCheckpoint.ReadHeader(Folder("run").Checkpoint).Progress.Step);
        Assert.NotEmpty(before);
    }

    [Fact]
    public void A_run_in_minutes_ends_in_time_and_can_go_on()
    {
        var outcome = Run("run", Config(steps: 100_000), minutes: 0.02);
        Assert.Equal(TrainingOutcome.OutOfTime, outcome);
        Assert.InRange(TrainingCheckpoint.ReadHeader(Folder("run").Checkpoint).Progress.Step, 1, 1000);
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
        var live = new List<long>();
        var resident = new List<long>();
        Run("run", Config(steps: 60), new Watch(_ =>
        {
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            resident.Add(Environment.WorkingSet);
        }));
        Assert.Single(live.Skip(5).Distinct());
        Assert.InRange(resident[^1], 0, resident[29] * 1.03);
    }

    private List<double> Losses(string name, long seed)
    {
        var config = Config(steps: 2);
        var losses = new List<double>();
        Run(name, config with { Training = config.Training with { Seed = seed } }, new Watch(p => losses.Add(p.Losses["total"])));
        return losses;
    }

    private TrainingOutcome Run(
        string name, ExperimentConfig config, IProgress<TrainingProgress>? progress = null, double? minutes = null, CancellationToken cancellation = default)
    {
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());
        return new Trainer(tiny.Store, Folder(name), perceptual, CPU).Run(config, minutes, progress, cancellation);
    }

    // The same weights under another configuration, as a resumed run would read it.
    private void Rewrite(string name, ExperimentConfig config)
    {
        using var model = PECHead.Research.Models.PecHeadFactory.Create(config.Model(), config.Training.Seed);
        using var optimizer = optim.Adam(model.parameters(), config.Training.LearningRate);
        TrainingCheckpoint.Restore(Folder(name).Checkpoint, model, optimizer);
        TrainingCheckpoint.Save(Folder(name).Checkpoint, config, new RunProgress(1, config.Training.Steps, 1), model, optimizer);
    }

    private RunFolder Folder(string name) => new(_folder[name]);

    private static ExperimentConfig Config(int steps, Precision precision = Precision.Full) => new()
    {
        Size = "tiny",
        Training = new TrainingConfig { Steps = steps, BatchSize = 2, Precision = precision },
    };

    private sealed class Watch(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
