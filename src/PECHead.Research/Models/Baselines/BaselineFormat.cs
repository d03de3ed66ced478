using System.Text.Json;
using PECHead.Research.Checkpoints;

namespace PECHead.Research.Models.Baselines;

/// <summary>How the weights of a baseline are published, and how its model is made for them.</summary>
/// <param name="Id">Id of the catalogue.</param>
/// <param name="Title">Name in text.</param>
/// <param name="Signature">A part and a tensor of it that no other format has.</param>
/// <param name="Needed">Parts that a file must have.</param>
/// <param name="Optional">Parts that are used where a file has them.</param>
/// <param name="Training">Parts that only training needs.</param>
/// <param name="FromParts">Makes the model whose sizes follow from the shapes in a file.</param>
/// <param name="FromText">Makes the model of the configuration that a file of ours states.</param>
internal sealed record BaselineFormat(
    string Id, string Title, (string Part, string Name) Signature, IReadOnlyList<string> Needed, IReadOnlyList<string> Optional,
    IReadOnlyList<string> Training, Func<PublishedParts, bool, BaselineModel> FromParts, Func<string, BaselineModel> FromText)
{
    /// <summary>The files of a folder, where each network, or a few, are published in one of their own; none: everything is in one file.</summary>
    public IReadOnlyList<PublishedFile> Files { get; init; } = [];

    /// <summary>Gives our name of a published tensor.</summary>
    public Func<string, string> Translate { get; init; } = PublishedNames.Translate;

    /// <summary>Describes a format by the configuration of its model.</summary>
    /// <param name="id">See <see cref="Id"/>.</param>
    /// <param name="title">See <see cref="Title"/>.</param>
    /// <param name="signature">See <see cref="Signature"/>.</param>
    /// <param name="needed">See <see cref="Needed"/>.</param>
    /// <param name="optional">See <see cref="Optional"/>.</param>
    /// <param name="training">See <see cref="Training"/>.</param>
    /// <param name="sizes">Reads the configuration off a file; true keeps the parts of training.</param>
    /// <param name="create">Makes a model.</param>
    public static BaselineFormat Of<TConfig>(
        string id, string title, (string Part, string Name) signature, IReadOnlyList<string> needed, IReadOnlyList<string> optional,
        IReadOnlyList<string> training, Func<PublishedParts, bool, TConfig> sizes, Func<TConfig, BaselineModel> create) => new(
        id, title, signature, needed, optional, training, (parts, all) => create(sizes(parts, all)),
        text => create(JsonSerializer.Deserialize<TConfig>(text) ?? throw new CheckpointFormatException($"The configuration of {title} is empty.")));

    /// <summary>Makes the model and fills it with published weights.</summary>
    /// <param name="published">The parts of a file.</param>
    /// <param name="all">Whether to keep the parts that only training needs.</param>
    /// <returns>A model in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">A part or a tensor is missing, or a shape differs.</exception>
    public BaselineModel Load(PublishedParts published, bool all = false)
    {
        string[] missing = [.. Needed.Where(part => !published.Has(part))];
        if (missing.Length > 0)
            throw new CheckpointFormatException($"{published.Source} is no file of {Title}: it has no {string.Join(", ", missing.Select(part => $"'{part}'"))}.{Folder}");
        var model = FromParts(published, all);
        foreach (var (part, module) in model.named_children())
            ModuleWeights.Fill(module, published.Translated(part, Translate), $"the '{part}' of {Title} ({published.Source})");
        model.eval();
        return model;
    }

    private string Folder => Files.Count == 0 ? "" : $" Its networks are published in files of their own: name the folder that has {string.Join(", ", Files.Where(file => !file.IsOptional).Select(file => file.Name).Distinct())}.";
}

/// <summary>Where a network of a published folder is.</summary>
/// <param name="Name">Name of the file, in any subfolder; * stands for any letters, such as the number of a step.</param>
/// <param name="Container">Which of the state dicts in it; empty: it holds one alone.</param>
/// <param name="Part">The network.</param>
internal sealed record PublishedFile(string Name, string Container, string Part)
{
    /// <summary>Whether only training needs it: it may be missing.</summary>
    public bool IsOptional { get; init; }
}
