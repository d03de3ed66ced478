namespace PECHead.Kernel.Cells;

/// <summary>Why an execution failed, as a reader of the notebook wants to see it.</summary>
/// <param name="Name">Type of the exception, or <c>CompilationError</c>.</param>
/// <param name="Message">One line.</param>
/// <param name="Trace">Everything to show: the message, the place in the cell, a caret or the calls that led there.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Trace);
