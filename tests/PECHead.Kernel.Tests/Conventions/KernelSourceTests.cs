using System.Reflection;
using System.Runtime.CompilerServices;
using PECHead.Kernel.Notebooks;

namespace PECHead.Kernel.Tests.Conventions;

/// <summary>What a reviewer would otherwise have to look for in every change to the kernel.</summary>
public sealed class KernelSourceTests
{
    private static readonly Assembly Kernel = typeof(NotebookFile).Assembly;

    [Fact]
    public void The_kernel_knows_no_library_of_this_project()
        => Assert.DoesNotContain(Kernel.GetReferencedAssemblies(), name => name.Name!.StartsWith("PECHead", StringComparison.Ordinal) || name.Name.StartsWith("TorchSharp", StringComparison.Ordinal));

    [Fact]
    public void Every_type_is_abstract_or_sealed()
        => Assert.All(
            Kernel.GetTypes().Where(type => type.IsClass && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.Contains('<', StringComparison.Ordinal)),
            type => Assert.True(type.IsAbstract || type.IsSealed, type.FullName));

    [Fact]
    public void A_file_holds_one_idea()
        => Assert.All(
            Directory.EnumerateFiles(Source(), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)),
            file => Assert.InRange(File.ReadAllLines(file).Length, 1, 300));

    [Fact]
    public void The_wrapper_says_the_language_that_notebooks_hold()
    {
        var wrapper = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "jupyter", "pechead_kernel.py"));
        Assert.All(NotebookMetadata.LanguageInfo(), entry => Assert.Contains($"\"{entry.Key}\": \"{entry.Value}\"", wrapper, StringComparison.Ordinal));
    }

    private static string Source([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src", "PECHead.Kernel"));
}
