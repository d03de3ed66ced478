using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PECHead.Experiments.Notebooks.Site;

/// <summary>A code cell as HTML, coloured by the compiler's own tokens.</summary>
internal static class CodeMarkup
{
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);

    /// <summary>Writes the cell.</summary>
    /// <param name="source">C#, whether it compiles or not.</param>
    public static string ToHtml(string source)
    {
        var html = new StringBuilder("<pre class=\"code\"><code>");
        foreach (var token in CSharpSyntaxTree.ParseText(source, Script).GetRoot().DescendantTokens(descendIntoTrivia: false))
        {
            foreach (var trivia in token.LeadingTrivia) Append(html, trivia.ToFullString(), Kind(trivia));
            Append(html, token.Text, Kind(token));
            foreach (var trivia in token.TrailingTrivia) Append(html, trivia.ToFullString(), Kind(trivia));
        }
        return html.Append("</code></pre>").ToString();
    }

    private static string? Kind(SyntaxTrivia trivia) => trivia.IsDirective ? "directive" : trivia.ToString().StartsWith('/') ? "comment" : null;

    private static string? Kind(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "number",
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringStartToken
            or SyntaxKind.InterpolatedStringEndToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken => "string",
        SyntaxKind.IdentifierToken => token.Text is "var" or "await" ? "keyword" : null,
        var kind => SyntaxFacts.IsKeywordKind(kind) ? "keyword" : null,
    };

    private static void Append(StringBuilder html, string text, string? kind)
    {
        var escaped = WebUtility.HtmlEncode(text);
        html.Append(kind is null ? escaped : $"<span class=\"{kind}\">{escaped}</span>");
    }
}
