using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PECHead.Kernel.Compilation;

namespace PECHead.Kernel.Directives;

/// <summary>
/// Takes the kernel's directives out of a cell. They are found by the compiler's own parser, so that a line of a string which happens to
/// begin with <c>#r</c> is left alone; blanked, not deleted, so that line numbers stay.
/// </summary>
internal static class DirectiveReader
{
    /// <summary>Splits a cell.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="name">Its name in messages.</param>
    /// <returns>The directives in order, and the syntax of the rest.</returns>
    public static (IReadOnlyList<Directive> Directives, SyntaxTree Code) Read(string code, string name)
    {
        var tree = SubmissionChain.Parse(code, name);
        var root = tree.GetRoot();
        if (!root.ContainsDirectives) return ([], tree);

        var rest = code.ToCharArray();
        var directives = new List<Directive>();
        var text = tree.GetText();
        foreach (var trivia in root.DescendantTrivia(descendIntoTrivia: false).Where(trivia => trivia.IsDirective))
        {
            var line = text.Lines.GetLineFromPosition(trivia.SpanStart);
            var content = text.ToString(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(trivia.SpanStart, line.End));
            var directive = (DirectiveTriviaSyntax)trivia.GetStructure()!;
            if (!IsOurs(directive, content)) continue;
            // In a region that is compiled away it does nothing, but the compiler would still refuse it.
            if (directive.IsActive) directives.Add(Split(content, Location.Create(tree, Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(trivia.SpanStart, line.End))));
            rest.AsSpan(trivia.SpanStart, line.End - trivia.SpanStart).Fill(' ');
        }
        return (directives, SubmissionChain.Parse(new string(rest), name));
    }

    private static bool IsOurs(DirectiveTriviaSyntax directive, string content)
        => directive.Kind() is SyntaxKind.ReferenceDirectiveTrivia or SyntaxKind.LoadDirectiveTrivia or SyntaxKind.ShebangDirectiveTrivia or SyntaxKind.IgnoredDirectiveTrivia
            || content.StartsWith("#!", StringComparison.Ordinal) || content.StartsWith("#i ", StringComparison.Ordinal);

    private static Directive Split(string content, Location place)
    {
        var end = content.AsSpan(1).IndexOfAny(' ', '\t', '"') + 1;
        if (end == 0) end = content.Length;
        var argument = content[end..].Trim();
        if (argument.IndexOf("//", StringComparison.Ordinal) is var comment and >= 0 && !argument.StartsWith('"')) argument = argument[..comment].Trim();
        if (argument.StartsWith('"') && argument.IndexOf('"', 1) is var quote and > 0) argument = argument[1..quote];
        return new Directive(content[..end], argument, place);
    }
}
