using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Models.Baselines;
using static TorchSharp.torch;

namespace PECHead.Research.Catalog;

/// <summary>Converts published weights of baselines: checks every name and shape, and writes one safetensors file that states all conventions.</summary>
public static class BaselineImport
{
    /// <summary>Ids of the models that it reads.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. BaselineFiles.All.Select(format => format.Id)];

    /// <summary>Converts a file.</summary>
    /// <param name="id">One of <see cref="Ids"/>.</param>
    /// <param name="file">A file in either layout of PyTorch, a safetensors copy, or the folder of a model that is published in several files.</param>
    /// <param name="output">The safetensors file to make or replace.</param>
    /// <param name="all">Whether to keep what only training needs.</param>
    /// <exception cref="DataException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged or of another model; the message says what it lacks and whose it looks like.</exception>
    public static ImportedModel Convert(string id, string file, string output, bool all)
    {
        var format = BaselineFiles.All.FirstOrDefault(one => one.Id == id)
            ?? throw new ArgumentException($"No format '{id}'; there are: {string.Join(", ", Ids)}.", nameof(id));
        var isFolder = format.Files.Count > 0 && Directory.Exists(file);
        if (!isFolder && !File.Exists(file)) throw new DataException("no such file", file, format.Files.Count > 0 ? "Name the folder of the published checkpoints." : "Name the published checkpoint.");
        using var scope = NewDisposeScope();
        var parts = isFolder ? PublishedParts.Read(file, format.Files) : PublishedParts.Read(file);
        if (BaselineFiles.Recognise(parts) is { } found && found != format)
            throw new CheckpointFormatException($"{file} is no file of {format.Title}: it looks like {found.Title}. Try 'pechead import {found.Id}'.");
        using var model = format.Load(parts, all);
        BaselineFiles.Save(output, format, model);
        string[] used = [.. model.named_children().Select(child => child.name)];
        return new ImportedModel(
            output, format.Title, model.ImageSize, model.parameters().Sum(parameter => parameter.numel()), used, [.. parts.Names.Except(used)]);
    }
}

/// <summary>What <see cref="BaselineImport"/> made.</summary>
/// <param name="Path">The file.</param>
/// <param name="Title">Name of the model.</param>
/// <param name="ImageSize">Side of its frames in pixels.</param>
/// <param name="Parameters">How many learned numbers it has.</param>
/// <param name="Parts">Networks that were converted.</param>
/// <param name="LeftOut">What else the published file has.</param>
public sealed record ImportedModel(string Path, string Title, int ImageSize, long Parameters, IReadOnlyList<string> Parts, IReadOnlyList<string> LeftOut);
