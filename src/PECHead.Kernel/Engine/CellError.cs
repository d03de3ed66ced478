using System.Text.RegularExpressions;

namespace PECHead.Kernel.Engine;

/// <summary>Why a cell failed, as a reader of the notebook wants to see it.</summary>
/// <param name="Name">Type of the exception, <see cref="Compilation"/>, <see cref="Died"/> or <see cref="Stopped"/>.</param>
/// <param name="Message">One line.</param>
/// <param name="Trace">Everything to show.</param>
public sealed partial record CellError(string Name, string Message, IReadOnlyList<string> Trace)
{
    /// <summary>The compiler refuses the cell.</summary>
    public const string Compilation = "CompilationError";

    /// <summary>The process that ran the cell is gone, and all variables with it.</summary>
    public const string Died = "KernelDied";

    /// <summary>The cell was stopped.</summary>
    public const string Stopped = "Interrupted";

    /// <summary>Takes apart what the engine says.</summary>
    internal static CellError Parse(string message)
    {
        var lines = message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !Machinery().IsMatch(line)).DefaultIfEmpty("the cell failed").ToArray();
        if (message.StartsWith("Command cancelled", StringComparison.Ordinal)) return new CellError(Stopped, "the cell was stopped", [$"{Stopped}: the cell was stopped; its variables are kept"]);
        if (Diagnostic().IsMatch(lines[0])) return new CellError(Compilation, lines[0], lines);
        var exception = Exception().Match(lines[0]);
        return new CellError(exception.Success ? exception.Groups[1].Value : "Error", exception.Success ? exception.Groups[2].Value : lines[0], lines);
    }

    // What is between the cell and its caller says nothing about the cell.
    [GeneratedRegex(@"^\s*(--- End of stack trace|at Submission#\d+\.<<Initialize>>|at Microsoft\.CodeAnalysis\.Scripting\.)")]
    private static partial Regex Machinery();

    [GeneratedRegex(@"^\(\d+,\d+\): error ")]
    private static partial Regex Diagnostic();

    [GeneratedRegex(@"^([\w.+`]*(?:Exception|Error))(?: \([^)]*\))?: (.*)$")]
    private static partial Regex Exception();
}
