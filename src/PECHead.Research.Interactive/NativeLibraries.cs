using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PECHead.Research.Interactive;

/// <summary>Finds native code that a notebook's process does not look for: beside the library, not beside the program.</summary>
internal static class NativeLibraries
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location) ?? "", "runtimes");
    private static readonly string[] Runtimes = [RuntimeInformation.RuntimeIdentifier, Portable()];

    /// <summary>Answers for the libraries of this project's packages; what is not beside them is left to the package manager of the notebook.</summary>
    public static void Load()
    {
        // A notebook loads every assembly into a context of its own, and one that is asked for in two versions twice.
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Attend(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) Attend(assembly);
        // TorchSharp looks for its library itself, and takes one that is loaded.
        _ = Resolve(typeof(TorchSharp.torch).Assembly, "LibTorchSharp");
    }

    private static void Attend(Assembly assembly)
    {
        if (assembly.GetName().Name is "SkiaSharp" or "HarfBuzzSharp" && AssemblyLoadContext.GetLoadContext(assembly) is { } context) context.ResolvingUnmanagedDll += Resolve;
    }

    private static nint Resolve(Assembly assembly, string name)
    {
        string bare = name.StartsWith("lib", StringComparison.Ordinal) ? name[3..] : name;
        string file = OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{bare}.dylib" : $"lib{bare}.so";
        return Runtimes.Select(runtime => Path.Combine(Folder, runtime, "native", file)).FirstOrDefault(File.Exists) is { } found ? NativeLibrary.Load(found) : 0;
    }

    private static string Portable()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }
}
