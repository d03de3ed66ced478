using PECHead.Research.Checkpoints;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Tests.Data;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

public sealed class TrainingCheckpointTests : IDisposable
{
    private static readonly ExperimentConfig Config = new()
    {
        Setting = AblationSettings.Kp,
        Size = "tiny",
        Training = new TrainingConfig { Steps = 3, BatchSize = 1 },
    };

    private readonly TemporaryFolder _folder = new();
    private readonly TrainingState _state = TrainingState.Create(Config, CPU);

    private string File => _folder["checkpoint.safetensors"];

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_checkpoint_says_what_it_is_of()
    {
        Save();
        var (config, progress) = RunCheckpoint.ReadHeader(File);
        Assert.Equal(ExperimentConfigFile.Format(Config), ExperimentConfigFile.Format(config));
        Assert.Equal(new RunProgress(2, 3, 4.5), progress);
    }

    [Fact]
    public void A_loaded_model_generates_the_same_frames()
    {
        Save();
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var loaded = RunCheckpoint.LoadModel(File, CPU);
        _state.Model.eval();
        var (source, driving) = (TinyConfigs.Frame(Config.Architecture(), 1), TinyConfigs.Frame(Config.Architecture(), 1));
        Assert.False(loaded.training);
        // Another memory layout, so sums in another order.
        Assert.True(allclose(loaded.call(source, driving).Image, _state.Model.call(source, driving).Image, 0, 1e-5));
    }

    [Fact]
    public void Weights_that_are_not_finite_are_not_saved_over_good_ones()
    {
        Save();
        var good = System.IO.File.ReadAllBytes(File);
        using (no_grad()) _state.Model.parameters().First().fill_(double.NaN);
        Assert.Throws<TrainingDivergedException>(Save);
        Assert.Equal(good, System.IO.File.ReadAllBytes(File));
        Assert.Equal(["checkpoint.safetensors"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void A_truncated_checkpoint_is_an_error_that_names_the_file(double kept)
    {
        Save();
        var bytes = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, bytes[..(int)(bytes.Length * kept)]);
        Assert.Contains(File, Assert.Throws<CheckpointFormatException>(() => RunCheckpoint.LoadModel(File, CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bare_weights_are_no_checkpoint_of_a_run()
    {
        using var scope = NewDisposeScope();
        StateDict.Save(File, new Dictionary<string, Tensor> { ["model.x"] = ones(2) });
        Assert.Contains("no checkpoint", Assert.Throws<CheckpointFormatException>(() => RunCheckpoint.ReadHeader(File)).Message, StringComparison.Ordinal);
    }

    private void Save() => TrainingCheckpoint.Save(File, Config, new RunProgress(2, 3, 4.5), _state);
}
