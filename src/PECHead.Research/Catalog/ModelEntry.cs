using PECHead.Research.Models;

namespace PECHead.Research.Catalog;

/// <summary>A model that this library has, with what a reader of its figures must know.</summary>
/// <param name="Id">Its name on the command line and in tables.</param>
/// <param name="Title">Its name in text.</param>
/// <param name="Paper">Authors, title, venue.</param>
/// <param name="Code">Licence of the code here.</param>
/// <param name="Weights">Which weights there are, where they come from, and their licence.</param>
/// <param name="Driver">What it takes from a driving frame.</param>
/// <param name="Modes">What of a driving video it can put on a source, the default first.</param>
/// <param name="ImageSizes">Sides of the square frames of those weights, pixels.</param>
/// <param name="Conventions">Range of the frames, and how it samples.</param>
/// <param name="Keys">How the names of published tensors become ours.</param>
public sealed record ModelEntry(
    string Id, string Title, string Paper, string Code, string Weights, string Driver, IReadOnlyList<MotionMode> Modes, IReadOnlyList<int> ImageSizes,
    string Conventions, string Keys)
{
    /// <summary>Name in the tables of PECHead's paper.</summary>
    public string Printed { get; init; } = Id;

    /// <summary>Parts of the model, by the beginnings of their parameters' names, that no term of its training reaches: nothing uses them.</summary>
    public IReadOnlyList<string> Untrained { get; init; } = [];
}
