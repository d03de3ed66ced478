using Microsoft.CodeAnalysis;
using PECHead.Kernel.Compilation;
using PECHead.Kernel.Completion;

namespace PECHead.Kernel.References;

/// <summary>What cells compile against: the framework and everything a <c>#r</c> brought.</summary>
internal sealed class ReferenceList
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<MetadataReference> _all = [.. FrameworkReferences.All];

    /// <summary>In the order in which they came: what is there stays where it is.</summary>
    public IReadOnlyList<MetadataReference> All => _all;

    /// <summary>Whether cells use code that is not the framework's.</summary>
    public bool HasAny => _names.Count > 0;

    /// <summary>Loads an assembly and makes it and its dependencies known to the compiler.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="FileLoadException">Another build of it is loaded already.</exception>
    /// <exception cref="BadImageFormatException">It is no managed assembly.</exception>
    public void Add(string path)
    {
        LoadedAssemblies.Load(path);
        foreach (var file in LoadedAssemblies.WithDependencies(path))
        {
            // The compiler refuses two assemblies of one name: the first stays, as it does at run time.
            if (_names.Add(Path.GetFileNameWithoutExtension(file))) _all.Add(MetadataReference.CreateFromFile(file, documentation: new AssemblyDocumentation(file)));
        }
    }
}
