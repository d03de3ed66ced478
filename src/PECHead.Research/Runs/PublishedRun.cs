using System.Text.Json;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Runs;

/// <summary>
/// A finished run without what only training needs: the weights that are evaluated in half precision, the configuration, and
/// where both come from. It is the folder of a run for everything that does not train.
/// </summary>
public static class PublishedRun
{
    private const string Provenance = "provenance.";

    /// <summary>Writes the weights and the configuration of a run to another folder.</summary>
    /// <param name="run">The finished run.</param>
    /// <param name="target">Folder to make or to replace files in.</param>
    /// <param name="provenance">What the run does not know of itself, as the command and the commit it was made with.</param>
    /// <exception cref="DataException">There is no such run, or the target cannot be written.</exception>
    /// <exception cref="CheckpointFormatException">The run's checkpoint is damaged.</exception>
    public static void Write(RunFolder run, RunFolder target, IReadOnlyDictionary<string, string> provenance)
    {
        var (config, _) = RunCheckpoint.ReadHeader(run.Checkpoint);
        using var scope = NewDisposeScope();
        var weights = RunCheckpoint.Weights(StateDict.Load(run.Checkpoint))
            .ToDictionary(weight => RunCheckpoint.ModelPrefix + weight.Key, weight => Halved(weight.Value));
        var metadata = Header(run.Checkpoint);
        metadata["format"] = "pechead-weights-1";
        foreach (var (name, value) in Start(run).Concat(provenance)) metadata[Provenance + name] = value;
        target.Create(config);
        StateDict.Save(target.Checkpoint, weights, metadata);
    }

    /// <summary>Where published weights come from, by name; empty for the checkpoint of a run.</summary>
    /// <param name="checkpoint">The file.</param>
    public static IReadOnlyDictionary<string, string> ReadProvenance(string checkpoint) => Header(checkpoint)
        .Where(entry => entry.Key.StartsWith(Provenance, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[Provenance.Length..], entry => entry.Value);

    private static Dictionary<string, string> Header(string checkpoint)
    {
        using var file = SafetensorsFile.Open(checkpoint);
        return new Dictionary<string, string>(file.Metadata);
    }

    private static Tensor Halved(Tensor weight) => weight.is_floating_point() ? weight.to(ScalarType.Float16) : weight;

    /// <summary>What the log says about the start of the run: frames, perceptual features, version of libtorch.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Start(RunFolder run)
    {
        if (!File.Exists(run.Log) || File.ReadLines(run.Log).FirstOrDefault() is not { } line) yield break;
        using var start = JsonDocument.Parse(line);
        foreach (var name in new[] { "frames", "perceptual_features", "torch" })
            if (start.RootElement.TryGetProperty(name, out var value)) yield return new(name, value.ToString());
    }
}
