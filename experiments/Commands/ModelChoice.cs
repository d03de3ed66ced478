using System.CommandLine;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Runs;

namespace PECHead.Experiments.Commands;

/// <summary>Which models a command works with: by an id of the catalogue, or by the place of the weights.</summary>
internal static class ModelChoice
{
    private const string What =
        $"an id of 'pechead models' whose weights are in {ModelCatalog.ReferenceFolder}, the folder of a run, or a file of weights.";

    /// <summary>The option for one model.</summary>
    public static Option<string> One() => new("--model") { Description = $"The model: {What}", DefaultValueFactory = _ => AblationSettings.Full.Id };

    /// <summary>The option for several.</summary>
    /// <param name="remark">What several are for.</param>
    public static Option<string[]> Several(string remark) => new("--model") { Description = $"A model: {What} {remark}", AllowMultipleArgumentsPerToken = true };

    /// <summary>Where the weights of a model are.</summary>
    /// <param name="text">An id, a folder or a file.</param>
    /// <exception cref="DataException">An id without weights.</exception>
    public static string PathOf(string text)
    {
        if (ModelCatalog.All.All(entry => entry.Id != text)) return text;
        var reference = new RunFolder(Path.Combine(ModelCatalog.ReferenceFolder, text));
        return reference.HasCheckpoint ? reference.Path : throw new DataException(
            "there are no reference weights", reference.Path, "Call this from the folder of the project, or name a folder of a run or a file of weights with --model.");
    }

    /// <summary>Names for a table: the id, and what tells models of one id apart.</summary>
    /// <param name="models">In the order of the table.</param>
    public static IReadOnlyList<string> Names(IReadOnlyList<LoadedModel> models) =>
        [.. models.Select(model => models.Count(other => other.Entry.Id == model.Entry.Id) == 1 ? model.Entry.Id : $"{model.Entry.Id} ({model.Name})")];

    /// <summary>Loads models; those that are there are freed if one is not.</summary>
    /// <param name="paths">Ids, folders or files.</param>
    /// <param name="device">Where to put them.</param>
    public static IReadOnlyList<LoadedModel> Load(IEnumerable<string> paths, TorchSharp.torch.Device device)
    {
        var loaded = new List<LoadedModel>();
        try
        {
            foreach (var path in paths) loaded.Add(ModelCatalog.Load(PathOf(path), device));
            return loaded;
        }
        catch
        {
            foreach (var model in loaded) model.Model.Dispose();
            throw;
        }
    }

    /// <summary>The reconstructor whose faces the models were trained with.</summary>
    /// <param name="models">At least one.</param>
    /// <exception cref="ArgumentException">They were trained with different ones.</exception>
    public static string Reconstructor(IReadOnlyList<LoadedModel> models)
    {
        string[] names = [.. models.Select(model => model.Reconstructor).OfType<string>().Distinct()];
        return names.Length switch
        {
            0 => PECHead.Research.FaceModel.MeshReconstructor.ConfigurationName,
            1 => names[0],
            _ => throw new ArgumentException($"The models were trained with different face reconstructors: {string.Join(", ", names)}. Evaluate them one by one."),
        };
    }
}
