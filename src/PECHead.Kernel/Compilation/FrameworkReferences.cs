using Microsoft.CodeAnalysis;
using PECHead.Kernel.Completion;

namespace PECHead.Kernel.Compilation;

/// <summary>What every cell may use without a <c>#r</c>: the framework this process runs on, and the display functions.</summary>
/// <remarks>
/// <b>Choice:</b> the implementation assemblies, not the reference pack: a submission's return type is looked up under its run-time
/// name, which the pack does not know.
/// </remarks>
internal static class FrameworkReferences
{
    private static readonly Lazy<IReadOnlyList<PortableExecutableReference>> Loaded = new(Load);

    /// <summary>Where the assemblies of the framework lie.</summary>
    public static string Folder { get; } = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    public static IReadOnlyList<PortableExecutableReference> All => Loaded.Value;

    /// <summary>Whether the framework itself has an assembly of this name.</summary>
    public static bool Has(string assemblyName) => File.Exists(Path.Combine(Folder, $"{assemblyName}.dll"));

    private static IReadOnlyList<PortableExecutableReference> Load()
    {
        var trusted = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator);
        return [.. trusted
            .Where(path => Path.GetDirectoryName(path) == Folder)
            .Append(typeof(FrameworkReferences).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path, documentation: new AssemblyDocumentation(path)))];
    }
}
