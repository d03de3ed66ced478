using PECHead.Research.Models;
using PECHead.Research.Runs;

namespace PECHead.Research.Catalog;

/// <summary>A model with its weights.</summary>
/// <param name="Entry">Which model it is.</param>
/// <param name="Model">In evaluation mode, on the device that was asked for; dispose it.</param>
/// <param name="Name">What tells it apart from others of the same entry: the name of its run's folder or file.</param>
/// <param name="Reconstructor">Name of the face reconstructor that it was trained with; null where it is not told of faces, or takes those of any.</param>
/// <param name="Progress">How long it was trained, in the last stage; null where the file does not say.</param>
public sealed record LoadedModel(ModelEntry Entry, TalkingHeadModel Model, string Name, string? Reconstructor, RunProgress? Progress);
