namespace PECHead.Kernel.Compilation;

/// <summary>A cell ready to run.</summary>
/// <param name="Start">Runs it over the submission array.</param>
/// <param name="HasValue">Whether its last expression has a value to show.</param>
/// <param name="Declares">Whether later cells can see something of it.</param>
/// <param name="Before">The chain without it, for a cell that is compiled but never begins: its variables do not exist.</param>
internal sealed record CompiledCell(Func<object?[], Task<object?>> Start, bool HasValue, bool Declares, ChainState Before);
