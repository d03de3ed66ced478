using PECHead.Kernel.Engine;

namespace PECHead.Kernel.Notebooks;

/// <summary>Where and why a run of a notebook ended early.</summary>
/// <param name="Position">The cell among all cells of the notebook, from 1.</param>
/// <param name="Error">What went wrong in it.</param>
public sealed record NotebookFailure(int Position, CellError Error);
