using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PECHead.Kernel.Compilation;

namespace PECHead.Kernel.Completion;

/// <summary>Completion from the compiler's symbols: members after a dot, otherwise everything in scope and the keywords.</summary>
internal static class CodeCompletion
{
    private static readonly string[] Keywords = [.. SyntaxFacts.GetReservedKeywordKinds().Select(SyntaxFacts.GetText), "var", "await", "async", "record", "yield", "when", "nameof", "where"];

    public static CompletionList At(SubmissionChain chain, IReadOnlyList<MetadataReference> references, string code, int position)
    {
        position = Math.Clamp(position, 0, code.Length);
        var start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(code[start - 1])) start--;
        var prefix = code[start..position];

        var tree = SubmissionChain.Parse(Directives.DirectiveReader.Read(code, "").Code.ToString());
        var token = tree.GetRoot().FindToken(Math.Max(0, start - 1));
        if (IsText(tree, token, position)) return new CompletionList(position, position, []);
        var model = chain.Next(tree, references).GetSemanticModel(tree);

        var dotted = Qualifier(token, start);
        IEnumerable<ISymbol> symbols = dotted is null ? model.LookupSymbols(start) : Members(model, dotted, start);
        var items = symbols.Where(symbol => IsVisible(symbol, dotted is not null)).Select(symbol => new CompletionItem(symbol.Name, Kind(symbol)));
        if (dotted is null) items = items.Concat(Keywords.Select(word => new CompletionItem(word, "keyword")));
        return new CompletionList(start, position, [.. items
            .Where(item => item.Text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && item.Text.Length > 0)
            .DistinctBy(item => item.Text)
            .OrderBy(item => item.Text.StartsWith(prefix, StringComparison.Ordinal) ? 0 : 1).ThenBy(item => item.Text, StringComparer.OrdinalIgnoreCase)]);
    }

    private static bool IsText(SyntaxTree tree, SyntaxToken token, int position)
        => (token.IsKind(SyntaxKind.StringLiteralToken) && token.SpanStart < position && position < token.Span.End)
            || token.IsKind(SyntaxKind.InterpolatedStringTextToken)
            || tree.GetRoot().FindTrivia(Math.Max(0, position - 1)).Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;

    /// <summary>What stands before the dot.</summary>
    private static ExpressionSyntax? Qualifier(SyntaxToken token, int start)
        => !token.IsKind(SyntaxKind.DotToken) || token.Span.End > start ? null : token.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            QualifiedNameSyntax name => name.Left,
            MemberBindingExpressionSyntax { Parent: ConditionalAccessExpressionSyntax conditional } => conditional.Expression,
            MemberBindingExpressionSyntax binding => binding.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>()?.Expression,
            _ => null,
        };

    private static IEnumerable<ISymbol> Members(SemanticModel model, SyntaxNode qualifier, int position)
    {
        var symbol = model.GetSymbolInfo(qualifier).Symbol;
        if (symbol is INamespaceOrTypeSymbol container)
        {
            return model.LookupSymbols(position, container).Where(member => container is INamespaceSymbol || member.IsStatic || member is ITypeSymbol);
        }
        var type = model.GetTypeInfo(qualifier).Type ?? (symbol as ILocalSymbol)?.Type ?? (symbol as IFieldSymbol)?.Type;
        return type is null || type.TypeKind == TypeKind.Error
            ? []
            : model.LookupSymbols(position, type, includeReducedExtensionMethods: true).Where(member => !member.IsStatic);
    }

    private static bool IsVisible(ISymbol symbol, bool member)
        => symbol.CanBeReferencedByName && !symbol.IsImplicitlyDeclared
            && symbol is not IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove }
            && (symbol.Locations.Any(location => location.IsInSource) || symbol is INamespaceSymbol or ILocalSymbol or IParameterSymbol or IRangeVariableSymbol
                || symbol.DeclaredAccessibility == Accessibility.Public || (member && symbol.DeclaredAccessibility == Accessibility.ProtectedOrInternal));

    private static string Kind(ISymbol symbol) => symbol switch
    {
        INamespaceSymbol => "namespace",
        ITypeSymbol type => type.TypeKind.ToString().ToLowerInvariant(),
        IMethodSymbol => "method",
        IPropertySymbol => "property",
        IEventSymbol => "event",
        IFieldSymbol { IsConst: true } => "constant",
        _ => "variable",
    };
}
