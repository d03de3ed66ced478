namespace PECHead.Kernel.Cells;

/// <summary>The source of one execution.</summary>
/// <param name="Code">C# script, with directives.</param>
/// <param name="Name">What error messages call it, for example <c>cell[3]</c>.</param>
/// <param name="Silent">Whether the value of the last expression is left unshown.</param>
public sealed record Cell(string Code, string Name, bool Silent = false);
