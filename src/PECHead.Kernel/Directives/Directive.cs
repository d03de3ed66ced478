using Microsoft.CodeAnalysis;

namespace PECHead.Kernel.Directives;

/// <summary>A line of a cell that speaks to the kernel.</summary>
/// <param name="Keyword">For example <c>#r</c> or <c>#!time</c>.</param>
/// <param name="Argument">The rest of the line without quotes.</param>
/// <param name="Place">The line in the cell.</param>
internal sealed record Directive(string Keyword, string Argument, Location Place);
