using PECHead.Research.Checkpoints;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Tests.Data;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

public sealed class PublishedRunTests : IDisposable
{
    private static readonly ExperimentConfig Config = new()
    {
        Setting = AblationSettings.Kp,
        Size = "tiny",
        Training = new TrainingConfig { Steps = 3, BatchSize = 1 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Published_weights_generate_what_the_run_does_to_half_precision_and_are_a_fraction_of_its_size()
    {
        var (run, published) = Publish();
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var whole = RunCheckpoint.LoadModel(run.Checkpoint, CPU);
        using var half = RunCheckpoint.LoadModel(published.Checkpoint, CPU);
        var (source, driving) = (TinyConfigs.Frame(Config.Architecture(), 1), TinyConfigs.Frame(Config.Architecture(), 1));
        Assert.True(allclose(whole.call(source, driving).Image, half.call(source, driving).Image, 0, 5e-3));
        Assert.All(half.parameters(), parameter => Assert.Equal(ScalarType.Float32, parameter.dtype));
        Assert.InRange(new FileInfo(published.Checkpoint).Length, 1, new FileInfo(run.Checkpoint).Length / 3);
    }

    [Fact]
    public void Published_weights_say_what_they_are_of_and_where_they_come_from()
    {
        var (run, published) = Publish();
        Assert.Equal(RunCheckpoint.ReadHeader(run.Checkpoint).Progress, RunCheckpoint.ReadHeader(published.Checkpoint).Progress);
        Assert.Equal(ExperimentConfigFile.Format(Config), File.ReadAllText(published.Config));
        var provenance = PublishedRun.ReadProvenance(published.Checkpoint);
        Assert.Equal("pechead train", provenance["command"]);
        Assert.Equal("0123", provenance["frames"]);
        Assert.Empty(PublishedRun.ReadProvenance(run.Checkpoint));
    }

    [Fact]
    public void Published_weights_cannot_continue_a_run()
    {
        var (_, published) = Publish();
        using var state = TrainingState.Create(Config, CPU);
        Assert.Contains("not continue", Assert.Throws<CheckpointFormatException>(() => TrainingCheckpoint.Restore(published.Checkpoint, state)).Message, StringComparison.Ordinal);
    }

    private (RunFolder Run, RunFolder Published) Publish()
    {
        var (run, published) = (new RunFolder(_folder["run"]), new RunFolder(_folder["published"]));
        run.Create(Config);
        using (var log = new RunLog(run.Log)) log.Write("start", ("step", 0), ("frames", "0123"));
        using (var state = TrainingState.Create(Config, CPU)) TrainingCheckpoint.Save(run.Checkpoint, Config, new RunProgress(3, 3, 4.5), state);
        PublishedRun.Write(run, published, new Dictionary<string, string> { ["command"] = "pechead train" });
        return (run, published);
    }
}
