using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PECHead.Kernel.Compilation;

/// <summary>
/// Lets go of what an earlier variable of the same name holds. A cell that is run again declares its variables again; without this each
/// run's model and tensors would stay reachable for ever, behind a name that leads elsewhere.
/// </summary>
/// <remarks>
/// A variable that a lambda, method, type or query of any cell refers to is left alone: that code still sees the earlier one.
/// </remarks>
internal sealed class ShadowedVariables
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Dictionary<string, (object Submission, FieldInfo Field)> _visible = [];
    private readonly HashSet<string> _captured = [];

    /// <summary>The variables that cells can use, by name.</summary>
    public IEnumerable<(string Name, Type Type, object? Value)> Visible
        => _visible.Select(variable => (variable.Key, variable.Value.Field.FieldType, variable.Value.Field.GetValue(variable.Value.Submission)));

    /// <summary>Notes the variables that code of a cell will refer to after the cell has ended.</summary>
    public void Note(CSharpCompilation compilation, CompilationUnitSyntax root)
    {
        var own = compilation.ScriptClass!.GetMembers().OfType<IFieldSymbol>().Select(field => field.Name).ToHashSet();
        var model = default(SemanticModel);
        foreach (var name in root.DescendantNodes(node => true).Where(IsKept).SelectMany(node => node.DescendantNodes().OfType<IdentifierNameSyntax>()))
        {
            var text = name.Identifier.ValueText;
            if (_captured.Contains(text) || !(own.Contains(text) || _visible.ContainsKey(text))) continue;
            model ??= compilation.GetSemanticModel(root.SyntaxTree);
            if (model.GetSymbolInfo(name).Symbol is IFieldSymbol { ContainingType.IsScriptClass: true }) _captured.Add(text);
        }
    }

    /// <summary>Makes the variables of a cell that has begun to run the visible ones.</summary>
    public void Show(object submission)
    {
        foreach (var field in submission.GetType().GetFields(Declared).Where(field => !field.Name.Contains('<', StringComparison.Ordinal)))
        {
            if (_visible.TryGetValue(field.Name, out var earlier) && earlier.Submission != submission && !_captured.Contains(field.Name) && !earlier.Field.IsInitOnly && !earlier.Field.IsLiteral)
            {
                earlier.Field.SetValue(earlier.Submission, null);
            }
            _visible[field.Name] = (submission, field);
        }
    }

    private static bool IsKept(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax
        or BaseTypeDeclarationSyntax or BasePropertyDeclarationSyntax or QueryExpressionSyntax;
}
