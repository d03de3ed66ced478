using Microsoft.CodeAnalysis;
using PECHead.Kernel.Compilation;
using PECHead.Kernel.Completion;

namespace PECHead.Kernel.References;

/// <summary>What cells compile against: the framework and everything a <c>#r</c> brought.</summary>
internal sealed class ReferenceList
{
    private readonly Dictionary<string, MetadataReference> _added = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<MetadataReference>? _all;

    public IReadOnlyList<MetadataReference> All => _all ??= [.. FrameworkReferences.All, .. _added.Values];

    /// <summary>Whether cells use code that is not the framework's.</summary>
    public bool HasAny => _added.Count > 0;

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
            _added.TryAdd(Path.GetFileNameWithoutExtension(file), MetadataReference.CreateFromFile(file, documentation: new AssemblyDocumentation(file)));
        }
        _all = null;
    }
}
