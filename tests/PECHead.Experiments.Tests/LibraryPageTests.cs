using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PECHead.Experiments.Tests.Notebooks;

namespace PECHead.Experiments.Tests;

public sealed partial class LibraryPageTests
{
    // What the words of the page stand for.
    private const string Given = """
        string run = "", data = "", photo = "", video = "", animation = "", edited = "", turning = "";
        void Show(RgbImage picture) => Console.WriteLine(picture);

        """;

    [Fact]
    public void All_examples_of_the_page_compile_one_after_another()
    {
        var page = File.ReadAllText(Path.Combine(ShippedNotebooks.Folder, "..", "docs", "library.md"));
        string[] lines = [.. Example().Matches(page).SelectMany(example => example.Groups[1].Value.Split('\n'))];
        var usings = lines.Where(line => Directive().IsMatch(line)).Concat(["using System;", "using System.Linq;"]).Distinct();
        var code = string.Join('\n', usings) + '\n' + Given + string.Join('\n', lines.Where(line => !Directive().IsMatch(line)));

        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var program = CSharpCompilation.Create(
            "examples", [CSharpSyntaxTree.ParseText(code)], references, new CSharpCompilationOptions(OutputKind.ConsoleApplication));

        Assert.True(lines.Length > 40);
        Assert.Empty(program.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error));
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"^using (static )?[A-Z\w.]+;$")]
    private static partial Regex Directive();
}
