using Microsoft.CodeAnalysis.CSharp;

namespace PECHead.Kernel.Compilation;

/// <summary>Where a chain of submissions stands.</summary>
/// <param name="Last">The last submission that declares something.</param>
/// <param name="Slot">The place of the next in the submission array.</param>
/// <param name="References">How many of the session's references the chain has.</param>
internal readonly record struct ChainState(CSharpCompilation? Last, int Slot, int References);
