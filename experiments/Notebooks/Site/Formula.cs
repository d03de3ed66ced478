namespace PECHead.Experiments.Notebooks.Site;

/// <summary>A formula of a text cell.</summary>
/// <param name="Tex">As it was written.</param>
/// <param name="Display">Whether it stands on a line of its own.</param>
internal sealed record Formula(string Tex, bool Display);
