using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PECHead.Kernel.Compilation;

namespace PECHead.Kernel.Completion;

/// <summary>The signature of the name under the cursor and its XML documentation as text.</summary>
internal static class SymbolInspection
{
    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeContainingType
            | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeConstantValue)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis)
        .WithLocalOptions(SymbolDisplayLocalOptions.IncludeType)
        .WithKindOptions(SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeNamespaceKeyword);

    public static string? At(SubmissionChain chain, IReadOnlyList<MetadataReference> references, string code, int position)
    {
        var tree = SubmissionChain.Parse(Directives.DirectiveReader.Read(code, "").Code.ToString());
        var model = chain.Next(tree, references).GetSemanticModel(tree);
        var symbols = Candidates(tree, Math.Clamp(position, 0, code.Length)).Select(node => Symbols(model, node)).FirstOrDefault(found => found.Count > 0);
        if (symbols is null) return null;
        var text = new StringBuilder(string.Join('\n', symbols.Take(10).Select(symbol => symbol.ToDisplayString(Signature).Replace("Submission#0.", "", StringComparison.Ordinal))));
        if (Documentation(symbols[0]) is { Length: > 0 } documentation) text.Append("\n\n").Append(documentation);
        return text.ToString();
    }

    /// <summary>The name at the cursor, the name just before it, then the call around it.</summary>
    private static IEnumerable<SyntaxNode> Candidates(SyntaxTree tree, int position)
    {
        var root = tree.GetRoot();
        foreach (var place in new[] { position, position - 1 }.Where(place => place >= 0))
        {
            var token = root.FindToken(place);
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.Span.Start <= place && place < token.Span.End) yield return token.Parent!;
        }
        var call = root.FindToken(Math.Max(0, position - 1)).Parent?.FirstAncestorOrSelf<ArgumentListSyntax>()?.Parent;
        if (call is InvocationExpressionSyntax invocation) yield return invocation.Expression;
        if (call is ObjectCreationExpressionSyntax creation) yield return creation;
    }

    private static List<ISymbol> Symbols(SemanticModel model, SyntaxNode node)
    {
        if (model.GetDeclaredSymbol(node) is { } declared) return [declared];
        var group = model.GetMemberGroup(node);
        var found = model.GetSymbolInfo(node);
        if (found.Symbol is { } symbol) return [symbol, .. group.Where(other => !SymbolEqualityComparer.Default.Equals(other, symbol))];
        return found.CandidateSymbols.Length > 0 ? [.. found.CandidateSymbols] : [.. group];
    }

    private static string Documentation(ISymbol symbol)
    {
        if (symbol is IMethodSymbol { ReducedFrom: { } extension }) symbol = extension;
        if (symbol is ILocalSymbol or IParameterSymbol) return "";
        var xml = symbol.OriginalDefinition.GetDocumentationCommentXml();
        if (string.IsNullOrWhiteSpace(xml)) return "";
        try
        {
            var member = XElement.Parse(xml, LoadOptions.None);
            var parts = new List<string>();
            if (member.Element("summary") is { } summary) parts.Add(Text(summary));
            parts.AddRange(member.Elements("param").Select(parameter => $"{(string?)parameter.Attribute("name")}: {Text(parameter)}"));
            if (member.Element("returns") is { } returns) parts.Add($"returns: {Text(returns)}");
            parts.AddRange(member.Elements("exception").Select(exception => $"throws {Reference((string?)exception.Attribute("cref"))}: {Text(exception)}"));
            if (member.Element("remarks") is { } remarks) parts.Add(Text(remarks));
            return string.Join('\n', parts.Where(part => part.Length > 0));
        }
        catch (XmlException)
        {
            return "";
        }
    }

    private static string Text(XElement element)
    {
        var words = element.DescendantNodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "seealso" or "paramref" or "typeparamref" } link when !link.Nodes().Any()
                => Reference((string?)link.Attribute("cref") ?? (string?)link.Attribute("name") ?? (string?)link.Attribute("langword")),
            _ => "",
        });
        return string.Join(' ', string.Concat(words).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Reference(string? target) => target is null ? "" : target.Length > 2 && target[1] == ':' ? target[2..] : target;
}
