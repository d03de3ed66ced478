using Microsoft.CodeAnalysis;
using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Compilation;

/// <summary>The compiler's errors with the line of the cell and a caret under the place.</summary>
internal static class CompilationErrors
{
    private const int Shown = 10;

    /// <exception cref="CellException">There are errors.</exception>
    public static void ThrowIfAny(IEnumerable<Diagnostic> diagnostics)
    {
        // Warnings are about style here: a cell is not a program, and its output is kept.
        var errors = diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .OrderBy(error => error.Location.SourceSpan.Start).DistinctBy(error => (error.Location, error.Id)).ToList();
        if (errors.Count == 0) return;
        var lines = errors.Take(Shown).SelectMany(Describe);
        if (errors.Count > Shown) lines = lines.Append($"({errors.Count - Shown} more)");
        throw new CellException("CompilationError", OneLine(errors[0]), [.. lines]);
    }

    /// <summary>An error of ours about a line of a cell, in the same form.</summary>
    /// <param name="name">Kind of error.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="place">Where.</param>
    public static CellException At(string name, string message, Location place)
        => new(name, $"{Place(place)}: {message}", [$"{Place(place)}: {name}: {message}", .. Caret(place)]);

    private static string OneLine(Diagnostic error) => $"{Place(error.Location)}: error {error.Id}: {error.GetMessage()}";

    private static IEnumerable<string> Describe(Diagnostic error) => [OneLine(error), .. Caret(error.Location)];

    private static string Place(Location location)
    {
        var span = location.GetLineSpan();
        return $"{span.Path}, line {span.StartLinePosition.Line + 1}, column {span.StartLinePosition.Character + 1}";
    }

    private static IEnumerable<string> Caret(Location location)
    {
        if (location.SourceTree is null) yield break;
        var span = location.GetLineSpan();
        var line = location.SourceTree.GetText().Lines[span.StartLinePosition.Line].ToString();
        var start = Math.Min(span.StartLinePosition.Character, line.Length);
        var end = span.EndLinePosition.Line == span.StartLinePosition.Line ? Math.Min(span.EndLinePosition.Character, line.Length) : line.Length;
        // Tabs stay tabs so that the caret stands under the place in any width.
        var indent = new string([.. line[..start].Select(letter => letter == '\t' ? '\t' : ' ')]);
        yield return $"    {line}";
        yield return $"    {indent}{new string('^', Math.Max(1, end - start))}";
    }
}
