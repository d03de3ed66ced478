using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace PECHead.Kernel.Compilation;

/// <summary>
/// The cells run so far, each compiled against those before it. A cell that declares nothing leaves no trace in the chain, so that
/// the thousandth cell compiles as fast as the tenth.
/// </summary>
/// <remarks>
/// <b>Choice:</b> Roslyn's compiler with a submission array of our own, not its scripting package. Its states end with the cell that
/// throws or is stopped; here the variables of such a cell keep what they held.
/// </remarks>
internal sealed class SubmissionChain
{
    private static readonly CSharpParseOptions Parsing = new(Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp14, DocumentationMode.Parse, SourceCodeKind.Script);

    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary,
        // A name that no cell can write.
        scriptClassName: "Submission#0",
        usings: ["System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq",
            "Microsoft.DotNet.Interactive.Kernel"],
        optimizationLevel: OptimizationLevel.Release,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Disable);

    private readonly string _prefix = $"cell-{Guid.NewGuid():N}";
    private readonly ShadowedVariables _variables = new();
    private object?[] _slots = new object?[16];
    private int _compiled;

    /// <summary>Version of the language that cells are written in.</summary>
    public static string LanguageVersion => "14.0";

    /// <summary>What later cells build on; set it to go back.</summary>
    public ChainState State { get; set; } = new(null, 1, 0);

    /// <summary>The variables that cells can use.</summary>
    public IEnumerable<(string Name, Type Type, object? Value)> Variables => _variables.Visible;

    /// <summary>One element a submission: slot 0 is for globals, which there are none of.</summary>
    public object?[] Slots => _slots;

    public static SyntaxTree Parse(string code, string name = "")
        => CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), Parsing, name);

    /// <summary>A compilation of some code as the next cell, for questions about it.</summary>
    /// <param name="tree">The code.</param>
    /// <param name="references">All references of the session; the list only ever grows.</param>
    /// <remarks>
    /// Only what is new is passed: a submission has the references of the one before it, and given them again it keeps both lists, which
    /// comes to gigabytes after a thousand cells.
    /// </remarks>
    public CSharpCompilation Next(SyntaxTree tree, IReadOnlyList<MetadataReference> references)
        => CSharpCompilation.CreateScriptCompilation($"{_prefix}-{_compiled}", tree, references.Skip(State.References), Options, State.Last, typeof(object));

    /// <summary>Compiles and loads; the chain grows by the cell if it declares anything.</summary>
    /// <returns>The cell, or null if there is nothing to run.</returns>
    /// <exception cref="Cells.CellException">The compiler refuses it; the chain is as before.</exception>
    /// <exception cref="OperationCanceledException">Stopped while compiling.</exception>
    public CompiledCell? Compile(SyntaxTree tree, IReadOnlyList<MetadataReference> references, CancellationToken cancellation)
    {
        var root = (CompilationUnitSyntax)tree.GetRoot(cancellation);
        if (root.Members.Count == 0)
        {
            // Emit would fail without saying why; usings alone still matter to the cells that follow.
            var usings = Next(tree, references);
            CompilationErrors.ThrowIfAny(usings.GetDiagnostics(cancellation));
            if (root.Usings.Count > 0) State = State with { Last = usings, References = references.Count };
            return null;
        }

        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        var compilation = Next(LoopChecks.Add(tree), references);
        var emitted = Emit(compilation, image, symbols, cancellation);
        if (!emitted.Success)
        {
            // Errors are about the cell as it was written; without any, the checks are to blame and are left out.
            compilation = Next(tree, references);
            CompilationErrors.ThrowIfAny(compilation.GetDiagnostics(cancellation));
            emitted = Emit(compilation, image, symbols, cancellation);
            CompilationErrors.ThrowIfAny(emitted.Diagnostics);
        }
        root = (CompilationUnitSyntax)compilation.SyntaxTrees[0].GetRoot(cancellation);
        _compiled++;

        var declares = root.Usings.Count > 0 || compilation.ScriptClass!.GetMembers().Any(member => !member.IsImplicitlyDeclared);
        image.Position = symbols.Position = 0;
        var assembly = AssemblyLoadContext.Default.LoadFromStream(image, symbols);
        var entry = compilation.GetEntryPoint(cancellation)!;
        var start = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!
            .CreateDelegate<Func<object?[], Task<object?>>>();

        _variables.Note(compilation, root);
        var before = State;
        if (before.Slot == _slots.Length) Array.Resize(ref _slots, before.Slot * 2);
        if (declares) State = new ChainState(compilation, before.Slot + 1, references.Count);
        return new CompiledCell(start, HasValue(compilation, root), declares, before);
    }

    /// <summary>Takes note that a cell has begun to run: its variables exist and hide those of their names.</summary>
    public void Began(CompiledCell cell)
    {
        if (cell.Declares && _slots[cell.Before.Slot] is { } submission) _variables.Show(submission);
    }

    private static EmitResult Emit(CSharpCompilation compilation, MemoryStream image, MemoryStream symbols, CancellationToken cancellation)
    {
        image.SetLength(0);
        symbols.SetLength(0);
        return compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: cancellation);
    }

    /// <summary>A last expression without a semicolon, unless it is a call that returns nothing.</summary>
    private static bool HasValue(CSharpCompilation compilation, CompilationUnitSyntax root)
        => root.Members.Last() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }
            && compilation.GetSemanticModel(root.SyntaxTree).GetTypeInfo(last.Expression).ConvertedType?.SpecialType != SpecialType.System_Void;
}
