using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PECHead.Kernel.References;

/// <summary>
/// Loads assemblies by path into the process and finds what they depend on, managed and native, in the places where builds and packages
/// put it.
/// </summary>
/// <remarks>
/// A resolver follows the <c>.deps.json</c> of a referenced assembly. Native libraries that a project copies as plain items are not
/// listed there, so its folder and <c>runtimes/RID/native</c> are searched as well.
/// </remarks>
internal static class LoadedAssemblies
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, AssemblyDependencyResolver> Resolvers = [];
    private static bool _hooked;

    /// <summary>Loads one assembly.</summary>
    /// <param name="path">Full path of a managed assembly.</param>
    /// <exception cref="FileLoadException">Another build of it is loaded already.</exception>
    /// <exception cref="BadImageFormatException">It is no managed assembly.</exception>
    public static void Load(string path)
    {
        lock (Gate)
        {
            Hook();
            Resolvers.TryAdd(path, new AssemblyDependencyResolver(path));
        }
        // TorchSharp looks for its library without asking the load context; what is loaded already, it finds.
        foreach (var native in NativeCandidates(Resolvers[path], path, "LibTorchSharp").Reverse())
        {
            if (NativeLibrary.TryLoad(native, out _)) break;
        }
        var name = AssemblyName.GetAssemblyName(path).Name!;
        var loaded = AssemblyLoadContext.Default.Assemblies.FirstOrDefault(assembly => assembly.GetName().Name == name);
        if (loaded is null)
        {
            AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        }
        else if (loaded.ManifestModule.ModuleVersionId != Version(path))
        {
            throw new FileLoadException($"another build of {name} is loaded already ({Where(loaded)}): restart the kernel to use this one", path);
        }
    }

    /// <summary>An assembly and those it needs that the framework does not have, each once, with their paths.</summary>
    /// <param name="path">Full path of a managed assembly.</param>
    public static IEnumerable<string> WithDependencies(string path)
    {
        var resolver = new AssemblyDependencyResolver(path);
        var found = new List<string> { path };
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Path.GetFileNameWithoutExtension(path) };
        for (var i = 0; i < found.Count; i++)
        {
            foreach (var name in References(found[i]).Where(name => names.Add(name.Name!) && !Compilation.FrameworkReferences.Has(name.Name!)))
            {
                if (Resolve(resolver, path, name) is { } dependency) found.Add(dependency);
            }
        }
        return found;
    }

    private static string? Resolve(AssemblyDependencyResolver resolver, string path, AssemblyName name)
    {
        if (resolver.ResolveAssemblyToPath(name) is { } listed) return listed;
        var beside = Path.Combine(Path.GetDirectoryName(path)!, $"{name.Name}.dll");
        return File.Exists(beside) ? beside : null;
    }

    private static void Hook()
    {
        if (_hooked) return;
        _hooked = true;
        AssemblyLoadContext.Default.Resolving += (context, name)
            => Snapshot().Select(entry => Resolve(entry.Value, entry.Key, name)).FirstOrDefault(path => path is not null) is { } path ? context.LoadFromAssemblyPath(path) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name)
            => Snapshot().SelectMany(entry => NativeCandidates(entry.Value, entry.Key, name))
                .Select(path => NativeLibrary.TryLoad(path, out var library) ? library : 0).FirstOrDefault(library => library != 0);
    }

    private static List<KeyValuePair<string, AssemblyDependencyResolver>> Snapshot()
    {
        lock (Gate) return [.. Resolvers];
    }

    private static IEnumerable<string> NativeCandidates(AssemblyDependencyResolver resolver, string path, string name)
    {
        if (resolver.ResolveUnmanagedDllToPath(name) is { } listed) yield return listed;
        var folder = Path.GetDirectoryName(path)!;
        var extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        foreach (var place in new[] { Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"), folder })
        {
            foreach (var file in new[] { name, $"{name}{extension}", $"lib{name}{extension}" })
            {
                if (File.Exists(Path.Combine(place, file))) yield return Path.Combine(place, file);
            }
        }
    }

    private static List<AssemblyName> References(string path)
    {
        using var reader = new PEReader(File.OpenRead(path));
        if (!reader.HasMetadata) return [];
        var metadata = reader.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName())];
    }

    private static Guid Version(string path)
    {
        using var reader = new PEReader(File.OpenRead(path));
        var metadata = reader.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }

    private static string Where(Assembly assembly) => assembly.Location.Length > 0 ? assembly.Location : "from memory";
}
