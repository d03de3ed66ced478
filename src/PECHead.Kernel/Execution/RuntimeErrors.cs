using System.Text.RegularExpressions;
using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Execution;

/// <summary>An exception as the reader of a notebook wants it: the message, then the calls from the cell on, with the lines of the cell.</summary>
internal static partial class RuntimeErrors
{
    private const int DeepestCause = 5;
    private const int MostFrames = 40;

    public static CellError Describe(Exception failure)
    {
        while (failure is AggregateException { InnerExceptions.Count: 1 } or System.Reflection.TargetInvocationException { InnerException: not null }) failure = failure.InnerException!;
        return new CellError(failure.GetType().FullName ?? failure.GetType().Name, failure.Message, [.. Lines(failure, 0)]);
    }

    public static CellError Interrupted()
        => new("Interrupted", "The cell was interrupted. What it had assigned is kept.", ["Interrupted: the cell was interrupted. What it had assigned is kept."]);

    private static IEnumerable<string> Lines(Exception failure, int depth)
    {
        yield return $"{(depth > 0 ? "caused by " : "")}{Nesting().Replace(failure.GetType().FullName ?? "", "").Replace('+', '.')}: {failure.Message}";
        foreach (var frame in Frames(failure.StackTrace ?? "").Take(MostFrames)) yield return frame;
        if (failure.InnerException is not { } cause || depth == DeepestCause) yield break;
        foreach (var line in Lines(cause, depth + 1)) yield return line;
    }

    private static IEnumerable<string> Frames(string trace)
        => trace.Split('\n').Select(line => line.TrimEnd('\r'))
            .Where(line => line.StartsWith("   at ", StringComparison.Ordinal) && !Ours().IsMatch(line))
            .Select(line => Place().Replace(Nesting().Replace(TopLevel().Replace(line, "   at the top level"), ""), ", line $1"));

    // The methods that run a cell, and the machinery of await.
    [GeneratedRegex(@"^   at (PECHead\.Kernel\.|Microsoft\.DotNet\.Interactive\.|System\.IO\.SyncTextReader\.|System\.Runtime\.(ControlledExecution|CompilerServices|ExceptionServices)\.|System\.Threading\.(Thread|ExecutionContext|Tasks\.Task)\b|Submission#\d+\.<Factory>)")]
    private static partial Regex Ours();

    [GeneratedRegex(@"   at Submission#\d+\.<<Initialize>>d__\d+\.MoveNext\(\)")]
    private static partial Regex TopLevel();

    [GeneratedRegex(@"Submission#\d+[.+]")]
    private static partial Regex Nesting();

    [GeneratedRegex(@":line (\d+)$")]
    private static partial Regex Place();
}
