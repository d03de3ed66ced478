using System.Globalization;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>
/// A whole run in one safetensors file: weights, optimizer, random state, step and configuration. Being one file that is
/// renamed into place, it is there whole or not at all; being safetensors, its weights open anywhere.
/// </summary>
public static class TrainingCheckpoint
{
    private const string DiscriminatorPrefix = "discriminator.";
    private const string OptimizerPrefix = "optimizer.";
    private const string DiscriminatorOptimizerPrefix = "discriminator_optimizer.";
    private const string RandomKey = "training.random";

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="config">The experiment.</param>
    /// <param name="progress">How far the run is.</param>
    /// <param name="state">What is trained.</param>
    /// <exception cref="TrainingDivergedException">A weight is not finite; nothing was written.</exception>
    public static void Save(string path, ExperimentConfig config, RunProgress progress, TrainingState state)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>();
        Add(tensors, RunCheckpoint.ModelPrefix, state.Model.state_dict(), progress.Step);
        if (state.Average is { } average) Add(tensors, RunCheckpoint.AveragePrefix, average.Tensors, progress.Step);
        Add(tensors, OptimizerPrefix, state.Optimizer.State(), progress.Step);
        if (state is { Discriminator: { } discriminator, DiscriminatorOptimizer: { } optimizer })
        {
            Add(tensors, DiscriminatorPrefix, discriminator.state_dict(), progress.Step);
            Add(tensors, DiscriminatorOptimizerPrefix, optimizer.State(), progress.Step);
        }
        tensors.Add(RandomKey, torch.random.get_rng_state());
        StateDict.Save(path, tensors, new Dictionary<string, string>
        {
            ["format"] = "pechead-checkpoint-3",
            ["config"] = ExperimentConfigFile.Format(config),
            ["step"] = Text(progress.Step),
            ["total_steps"] = Text(progress.TotalSteps),
            ["seconds"] = progress.Seconds.ToString("R", CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Restores a run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">The fresh state of the checkpoint's configuration.</param>
    public static void Restore(string path, TrainingState state)
    {
        using var scope = NewDisposeScope();
        var tensors = StateDict.Load(path);
        var random = Tensor(tensors, RandomKey, path);
        Restore(state.Optimizer, RunCheckpoint.Under(tensors, OptimizerPrefix), path);
        RequireShapes(path, RunCheckpoint.Under(tensors, RunCheckpoint.ModelPrefix), state.Model);
        state.Model.load_state_dict(RunCheckpoint.Under(tensors, RunCheckpoint.ModelPrefix));
        state.Average?.Restore(RunCheckpoint.Under(tensors, RunCheckpoint.AveragePrefix));
        if (state is { Discriminator: { } discriminator, DiscriminatorOptimizer: { } optimizer })
        {
            RequireShapes(path, RunCheckpoint.Under(tensors, DiscriminatorPrefix), discriminator);
            discriminator.load_state_dict(RunCheckpoint.Under(tensors, DiscriminatorPrefix));
            Restore(optimizer, RunCheckpoint.Under(tensors, DiscriminatorOptimizerPrefix), path);
        }
        RandomState.Restore(random, path);
    }

    /// <summary>Starts a new run from another's weights: the second stage of training from the first.</summary>
    /// <param name="path">Checkpoint of the first stage.</param>
    /// <param name="state">The fresh state of the second; parts that the first did not have keep their start.</param>
    /// <exception cref="CheckpointFormatException">No weight, or one of another shape, has the name of one of the model's.</exception>
    public static void Initialize(string path, TrainingState state)
    {
        using var scope = NewDisposeScope();
        var tensors = StateDict.Load(path);
        Copy(path, RunCheckpoint.Weights(tensors), state.Model);
        state.Average?.Restore(state.Model.state_dict());
        if (state.Discriminator is { } discriminator && RunCheckpoint.Under(tensors, DiscriminatorPrefix) is { Count: > 0 } judged)
            Copy(path, judged, discriminator);
    }

    private static void RequireShapes(string path, Dictionary<string, Tensor> weights, nn.Module module)
    {
        foreach (var (name, tensor) in module.state_dict())
        {
            if (!weights.TryGetValue(name, out var stored))
                throw new CheckpointFormatException($"{path} has no '{name}'");
            if (!stored.shape.SequenceEqual(tensor.shape))
                throw new CheckpointFormatException($"{path}: '{name}' has the shape [{string.Join(", ", stored.shape)}], the model's has [{string.Join(", ", tensor.shape)}]");
        }
    }

    private static void Copy(string path, Dictionary<string, Tensor> from, nn.Module to)
    {
        using var quiet = no_grad();
        var copied = 0;
        foreach (var (name, target) in to.state_dict())
        {
            if (!from.TryGetValue(name, out var value)) continue;
            if (!value.shape.SequenceEqual(target.shape))
                throw new CheckpointFormatException($"{path}: '{name}' has the shape [{string.Join(", ", value.shape)}], the model's has [{string.Join(", ", target.shape)}]; the sizes must be equal");
            target.copy_(value);
            copied++;
        }
        if (copied == 0) throw new CheckpointFormatException($"{path} shares no weight with the model");
    }

    private static void Add(Dictionary<string, Tensor> tensors, string prefix, IEnumerable<KeyValuePair<string, Tensor>> added, int step)
    {
        foreach (var (name, tensor) in added)
        {
            if (tensor.is_floating_point() && !tensor.isfinite().all().ToBoolean())
                throw new TrainingDivergedException($"the weight {name} is not finite after step {step}. {TrainingDivergedException.Remedy}");
            tensors.Add(prefix + name, tensor);
        }
    }

    private static void Restore(FusedAdam optimizer, Dictionary<string, Tensor> state, string path)
    {
        try
        {
            optimizer.Restore(state);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointFormatException($"{path} cannot continue a run: {error.Message}", error);
        }
    }

    private static Tensor Tensor(Dictionary<string, Tensor> tensors, string key, string path)
        => tensors.TryGetValue(key, out var tensor)
            ? tensor
            : throw new CheckpointFormatException($"{path} has no '{key}': it can animate, but not continue a run");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
