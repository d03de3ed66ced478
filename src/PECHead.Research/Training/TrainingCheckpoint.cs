using System.Globalization;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>
/// A whole run in one safetensors file: weights, optimizer, random state, step and configuration. Being one file that is
/// renamed into place, it is there whole or not at all; being safetensors, its weights open anywhere.
/// </summary>
public static class TrainingCheckpoint
{
    internal const string ModelPrefix = "model.";
    private const string AveragePrefix = "average.";
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
        Add(tensors, ModelPrefix, state.Model.state_dict(), progress.Step);
        if (state.Average is { } average) Add(tensors, AveragePrefix, average.Tensors, progress.Step);
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

    /// <summary>Reads what a checkpoint is of, without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged or no checkpoint of this project.</exception>
    public static (ExperimentConfig Config, RunProgress Progress) ReadHeader(string path)
    {
        if (!File.Exists(path)) throw new DataException("no such checkpoint", path, "Train first, or give the folder of a run.");
        using var file = SafetensorsFile.Open(path);
        string Field(string key) => file.Metadata.TryGetValue(key, out var text)
            ? text
            : throw new CheckpointFormatException($"{path} has no '{key}': it holds weights, but is no checkpoint of a run");
        if (!int.TryParse(Field("step"), CultureInfo.InvariantCulture, out var step)
            || !int.TryParse(Field("total_steps"), CultureInfo.InvariantCulture, out var total)
            || !double.TryParse(Field("seconds"), CultureInfo.InvariantCulture, out var seconds))
        {
            throw new CheckpointFormatException($"{path} has a damaged header");
        }
        return (ExperimentConfigFile.Parse(Field("config"), path), new RunProgress(step, total, seconds));
    }

    /// <summary>Restores a run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">The fresh state of the checkpoint's configuration.</param>
    public static void Restore(string path, TrainingState state)
    {
        using var scope = NewDisposeScope();
        var tensors = StateDict.Load(path);
        var random = Tensor(tensors, RandomKey, path);
        Restore(state.Optimizer, Under(tensors, OptimizerPrefix), path);
        RequireShapes(path, Under(tensors, ModelPrefix), state.Model);
        state.Model.load_state_dict(Under(tensors, ModelPrefix));
        state.Average?.Restore(Under(tensors, AveragePrefix));
        if (state is { Discriminator: { } discriminator, DiscriminatorOptimizer: { } optimizer })
        {
            RequireShapes(path, Under(tensors, DiscriminatorPrefix), discriminator);
            discriminator.load_state_dict(Under(tensors, DiscriminatorPrefix));
            Restore(optimizer, Under(tensors, DiscriminatorOptimizerPrefix), path);
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
        Copy(path, Weights(tensors), state.Model);
        state.Average?.Restore(state.Model.state_dict());
        if (state.Discriminator is { } discriminator && Under(tensors, DiscriminatorPrefix) is { Count: > 0 } judged)
            Copy(path, judged, discriminator);
    }

    /// <summary>Builds the model of a checkpoint, ready to generate, with the average of its weights if one was kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where to put it.</param>
    /// <returns>The model in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged, or its weights are of another setting than it says.</exception>
    public static TalkingHeadModel LoadModel(string path, Device device)
    {
        var (config, _) = ReadHeader(path);
        using var scope = NewDisposeScope();
        var weights = Weights(StateDict.Load(path));
        var model = PecHeadFactory.Create(config.Model(), config.Training.Seed);
        try
        {
            RequireFit(path, config, weights, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
        model.load_state_dict(weights);
        model.to(device);
        Accelerator.ChannelsLast(model);
        model.eval();
        return model;
    }

    private static void RequireFit(string path, ExperimentConfig config, Dictionary<string, Tensor> weights, nn.Module model)
    {
        var state = model.state_dict();
        var missing = state.Keys.Where(name => !weights.ContainsKey(name)).ToList();
        var unknown = weights.Keys.Where(name => !state.ContainsKey(name)).ToList();
        var misshapen = state.Where(entry => weights.TryGetValue(entry.Key, out var weight) && !weight.shape.SequenceEqual(entry.Value.shape)).Select(entry => entry.Key).ToList();
        if (missing.Count + unknown.Count + misshapen.Count == 0) return;
        static string Some(string what, List<string> names) => names.Count == 0 ? "" : $"; {names.Count} {what}, as '{names[0]}'";
        throw new CheckpointFormatException(
            $"{path}: the weights are not those of the setting '{config.Setting.Id}' at the size '{config.Size}'{Some("missing", missing)}{Some("unknown", unknown)}{Some("of another shape", misshapen)}");
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

    internal static Dictionary<string, Tensor> Weights(Dictionary<string, Tensor> tensors)
        => Under(tensors, AveragePrefix) is { Count: > 0 } average ? average : Under(tensors, ModelPrefix);

    private static Dictionary<string, Tensor> Under(Dictionary<string, Tensor> tensors, string prefix) => tensors
        .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

    private static void Add(Dictionary<string, Tensor> tensors, string prefix, IEnumerable<KeyValuePair<string, Tensor>> added, int step)
    {
        foreach (var (name, tensor) in added)
        {
            if (tensor.is_floating_point() && !tensor.isfinite().all().ToBoolean())
                throw new TrainingDivergedException($"the weight {name} is not finite after step {step}; the checkpoint before it was kept");
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
