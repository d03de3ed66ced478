using System.Globalization;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Runs;

/// <summary>What a checkpoint is of, and its model: all that is needed of a run to use what it learned.</summary>
public static class RunCheckpoint
{
    internal const string ModelPrefix = "model.";
    internal const string AveragePrefix = "average.";

    /// <summary>Whether a file says that it is a checkpoint of a run, or published weights of one.</summary>
    /// <param name="path">A file of any kind.</param>
    internal static bool IsOf(string path) => StateDictReader.Metadata(path).ContainsKey("config");

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

    /// <summary>Builds the model of a checkpoint, ready to generate, with the average of its weights if one was kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where to put it.</param>
    /// <returns>The model in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged, or its weights are of another setting than it says.</exception>
    public static TalkingHeadModel LoadModel(string path, Device device) => LoadModel(path, ReadHeader(path).Config, device);

    /// <summary>Builds the model of a checkpoint whose header was read before.</summary>
    internal static TalkingHeadModel LoadModel(string path, ExperimentConfig config, Device device)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(StateDict.Load(path));
        var model = config.CreateModel();
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
            $"{path}: the weights are not those of '{config.Subject()}' at the size '{config.Size}'{Some("missing", missing)}{Some("unknown", unknown)}{Some("of another shape", misshapen)}");
    }

    internal static Dictionary<string, Tensor> Weights(Dictionary<string, Tensor> tensors)
        => Under(tensors, AveragePrefix) is { Count: > 0 } average ? average : Under(tensors, ModelPrefix);

    internal static Dictionary<string, Tensor> Under(Dictionary<string, Tensor> tensors, string prefix) => tensors
        .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
}
