namespace PECHead.Kernel.Cells;

/// <summary>What became of an execution.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Error">Why, unless it succeeded.</param>
/// <param name="Compiling">Time spent on directives and in the compiler.</param>
/// <param name="Running">Time spent in the cell.</param>
public sealed record CellResult(CellStatus Status, CellError? Error, TimeSpan Compiling, TimeSpan Running);
