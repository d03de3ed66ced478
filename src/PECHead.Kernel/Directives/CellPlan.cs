using Microsoft.DotNet.Interactive.Formatting;
using PECHead.Kernel.Compilation;

namespace PECHead.Kernel.Directives;

/// <summary>What a cell comes to once its directives are done.</summary>
internal sealed class CellPlan
{
    /// <summary>Compiled code in order; the last is the cell's own.</summary>
    public List<CompiledCell> Cells { get; } = [];

    /// <summary>How many of <see cref="Cells"/> have begun to run.</summary>
    public int Started { get; set; }

    /// <summary>What a cell in a markup language shows.</summary>
    public List<FormattedValue> Contents { get; } = [];

    /// <summary>Texts to write at the end, such as the list of variables.</summary>
    public List<Func<SubmissionChain, string>> Reports { get; } = [];

    /// <summary>Whether to write how long the cell took.</summary>
    public bool Timed { get; set; }

    /// <summary>Files being imported, against circles.</summary>
    public Stack<string> Imports { get; } = new();
}
