using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PECHead.Kernel.Notebooks;

/// <summary>Other values for the variables of the cell tagged <c>parameters</c>, in a cell of their own behind it.</summary>
public static class NotebookParameters
{
    private const string Tag = "parameters";
    private const string InjectedTag = "injected-parameters";
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    /// <summary>Adds the cell that assigns the values.</summary>
    /// <param name="notebook">A notebook with a cell tagged <c>parameters</c>.</param>
    /// <param name="values">Variable names and C# expressions; for a string variable the text itself.</param>
    /// <exception cref="NotebookException">It has no such cell, or the cell no such variable.</exception>
    public static void Inject(NotebookFile notebook, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count == 0) return;
        var index = notebook.Cells.ToList().FindIndex(cell => cell.IsCode && cell.Tags.Contains(Tag));
        if (index < 0) throw new NotebookException($"the notebook has no cell tagged {Tag}");
        var declared = Declared(notebook.Cells[index].Source);
        var lines = values.Select(value => declared.TryGetValue(value.Key, out var initial)
            ? $"{value.Key} = {Literal(value.Value, initial)};"
            : throw new NotebookException($"the notebook has no parameter {value.Key}. It has: {string.Join(", ", declared.Keys)}"));
        notebook.Insert(index + 1, NotebookCell.Code(InjectedTag, string.Join('\n', lines), InjectedTag));
    }

    private static Dictionary<string, ExpressionSyntax?> Declared(string source)
        => CSharpSyntaxTree.ParseText(source, Script).GetRoot().DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .GroupBy(variable => variable.Identifier.Text).ToDictionary(group => group.Key, group => group.Last().Initializer?.Value);

    private static string Literal(string value, ExpressionSyntax? initial)
    {
        if (initial is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } or InterpolatedStringExpressionSyntax) return SymbolDisplay.FormatLiteral(value, quote: true);
        // A float variable takes no double.
        var isFloat = initial?.ToString().EndsWith("f", StringComparison.OrdinalIgnoreCase) == true && double.TryParse(value, out _);
        return isFloat && !value.EndsWith('f') ? $"{value}f" : value;
    }
}
