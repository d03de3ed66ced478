using System.Globalization;
using System.Text;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>
/// A whole run in one safetensors file: weights, optimizer, random state, step and configuration. Being one file that is
/// renamed into place, it is there whole or not at all; being safetensors, its weights open anywhere.
/// </summary>
public static class TrainingCheckpoint
{
    private const string ModelPrefix = "model.";
    private const string OptimizerKey = "training.optimizer";
    private const string RandomKey = "training.random";

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="config">The experiment.</param>
    /// <param name="progress">How far the run is.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <exception cref="TrainingDivergedException">A weight is not finite; nothing was written.</exception>
    public static void Save(string path, ExperimentConfig config, RunProgress progress, nn.Module model, OptimizerHelper optimizer)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in model.state_dict())
        {
            if (tensor.is_floating_point() && !tensor.isfinite().all().ToBoolean())
            {
                throw new TrainingDivergedException($"the weight {name} is not finite after step {progress.Step}; the checkpoint before it was kept");
            }
            tensors.Add(ModelPrefix + name, tensor);
        }
        using var state = new MemoryStream();
        using (var writer = new BinaryWriter(state, Encoding.UTF8, leaveOpen: true)) optimizer.save_state_dict(writer);
        tensors.Add(OptimizerKey, from_array(state.ToArray()));
        tensors.Add(RandomKey, random.get_rng_state());
        StateDict.Save(path, tensors, new Dictionary<string, string>
        {
            ["format"] = "pechead-checkpoint-1",
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
    /// <param name="model">A model of the checkpoint's configuration.</param>
    /// <param name="optimizer">A fresh optimizer of its parameters.</param>
    public static void Restore(string path, nn.Module model, OptimizerHelper optimizer)
    {
        using var scope = NewDisposeScope();
        var tensors = StateDict.Load(path);
        LoadWeights(tensors, model);
        using var reader = new BinaryReader(new MemoryStream(Bytes(tensors, OptimizerKey, path)), Encoding.UTF8);
        optimizer.load_state_dict(reader);
        random.set_rng_state(tensors[RandomKey]);
    }

    /// <summary>Builds the model of a checkpoint, ready to generate.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where to put it.</param>
    /// <returns>The model in evaluation mode.</returns>
    public static TalkingHeadModel LoadModel(string path, Device device)
    {
        var (config, _) = ReadHeader(path);
        var model = PecHeadFactory.Create(config.Model(), config.Training.Seed);
        using var scope = NewDisposeScope();
        LoadWeights(StateDict.Load(path), model);
        model.to(device);
        Accelerator.ChannelsLast(model);
        model.eval();
        return model;
    }

    private static void LoadWeights(Dictionary<string, Tensor> tensors, nn.Module model)
        => model.load_state_dict(tensors
            .Where(entry => entry.Key.StartsWith(ModelPrefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[ModelPrefix.Length..], entry => entry.Value));

    private static byte[] Bytes(Dictionary<string, Tensor> tensors, string key, string path)
        => tensors.TryGetValue(key, out var tensor)
            ? tensor.bytes.ToArray()
            : throw new CheckpointFormatException($"{path} has no '{key}': it can animate, but not continue a run");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
