using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary>Models that are evaluated side by side.</summary>
internal sealed class ChosenModels : IDisposable
{
    private readonly List<LoadedModel> _loaded = [];

    /// <summary>Loads models; those that are there are freed if one is not.</summary>
    /// <param name="choices">Ids, folders or files; at least one.</param>
    /// <param name="device">Where to put them.</param>
    public ChosenModels(IEnumerable<string> choices, Device device)
    {
        try
        {
            foreach (var choice in choices) _loaded.Add(ModelCatalog.Load(ModelChoice.PathOf(choice), device));
        }
        catch
        {
            Dispose();
            throw;
        }
        // Models of one id are told apart by their folders or files.
        Named = [.. _loaded.Select(model => (_loaded.Count(other => other.Entry.Id == model.Entry.Id) == 1 ? model.Entry.Id : $"{model.Entry.Id} ({model.Name})", model.Model))];
    }

    /// <summary>The models with what the catalogue says of them.</summary>
    public IReadOnlyList<LoadedModel> Loaded => _loaded;

    /// <summary>The models by the names of their rows.</summary>
    public IReadOnlyList<(string Name, TalkingHeadModel Model)> Named { get; }

    /// <summary>The reconstructor whose faces the models were trained with.</summary>
    /// <exception cref="ArgumentException">They were trained with different ones.</exception>
    public string Reconstructor
    {
        get
        {
            string[] names = [.. _loaded.Select(model => model.Reconstructor).OfType<string>().Distinct()];
            return names.Length <= 1
                ? names.FirstOrDefault() ?? MeshReconstructor.ConfigurationName
                : throw new ArgumentException($"The models were trained with different face reconstructors: {string.Join(", ", names)}. Evaluate them one by one.");
        }
    }

    /// <summary>Requires frames of the models' size.</summary>
    /// <param name="frames">What they are evaluated on.</param>
    /// <exception cref="DataException">A model is for another size.</exception>
    public void RequireSize(FrameStore frames)
    {
        foreach (var (name, model) in Named)
        {
            if (model.ImageSize != frames.Size)
                throw new DataException($"the frames are of {frames.Size} px, the model {name} is for {model.ImageSize} px", frames.Folder, $"Prepare the data with --size {model.ImageSize}.");
        }
    }

    /// <summary>Frees the models.</summary>
    public void Dispose()
    {
        foreach (var model in _loaded) model.Model.Dispose();
    }
}
