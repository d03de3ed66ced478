using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PECHead.Studio.Tests;

/// <summary>Lines of C# as the compiler reads them.</summary>
internal static class Compiled
{
    /// <summary>What is wrong with a program.</summary>
    public static IReadOnlyList<string> Errors(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var program = CSharpCompilation.Create("lines", [CSharpSyntaxTree.ParseText(code)], references, new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        return [.. program.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.ToString())];
    }
}
