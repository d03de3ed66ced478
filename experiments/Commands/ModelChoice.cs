using System.CommandLine;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.Models;

namespace PECHead.Experiments.Commands;

/// <summary>Which models a command works with: by an id of the catalogue, or by the place of the weights.</summary>
internal static class ModelChoice
{
    private const string What =
        $"an id of 'pechead models' whose weights are in {ModelCatalog.ReferenceFolder} or {ModelCatalog.FamilyFolder}, the folder of a run, or a file of weights.";

    /// <summary>The option for one model.</summary>
    public static Option<string> One() => new("--model") { Description = $"The model: {What}", DefaultValueFactory = _ => AblationSettings.Full.Id };

    /// <summary>The option for several.</summary>
    /// <param name="remark">What several are for.</param>
    public static Option<string[]> Several(string remark) => new("--model") { Description = $"A model: {What} {remark}", AllowMultipleArgumentsPerToken = true };

    /// <summary>Where the weights of a model are.</summary>
    /// <param name="text">An id, a folder or a file.</param>
    /// <exception cref="DataException">Nothing of that name, or an id without weights.</exception>
    public static string PathOf(string text)
    {
        if (ModelCatalog.All.Any(entry => entry.Id == text))
        {
            var reference = ModelCatalog.Reference(text);
            return reference.HasCheckpoint ? reference.Path : throw new DataException(
                "there are no reference weights", reference.Path, "Call this from the folder of the project, or name a folder of a run or a file of weights with --model.");
        }
        return Directory.Exists(text) || File.Exists(text) ? text : throw new DataException(
            "no such checkpoint", text, $"Train first, or give the folder of a run, a file of weights, or one of the ids {string.Join(", ", ModelCatalog.All.Select(entry => entry.Id))}.");
    }
}
