using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using PECHead.Research.Data;
using TorchSharp;

namespace PECHead.Research.Interactive;

/// <summary>Finds native code that a notebook's process does not look for: beside the library, or in the package cache where that comes from a package.</summary>
internal static class NativeLibraries
{
    private static readonly string Portable = PortableRuntime();
    private static readonly string[] Folders = [.. Beside(), .. Packages()];

    /// <summary>Answers for the libraries of this project's packages; what is in none of the folders is left to the package manager of the notebook.</summary>
    /// <exception cref="DllNotFoundException">TorchSharp's library cannot be loaded here.</exception>
    public static void Load()
    {
        // A notebook loads every assembly into a context of its own, and one that is asked for in two versions twice.
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Attend(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) Attend(assembly);
        // TorchSharp looks for its library itself, and takes one that is loaded. Each library finds those that are loaded before it.
        foreach (string name in (string[])["torch_cpu", "torch"])
        {
            if (Find(name) is { } found) NativeLibrary.Load(found);
        }
        if (Find("LibTorchSharp") is { } library) LoadTorchSharp(library);
    }

    private static void LoadTorchSharp(string library)
    {
        try
        {
            NativeLibrary.Load(library);
        }
        catch (DllNotFoundException failure) when (failure.Message.Contains("GLIBCXX", StringComparison.Ordinal) && FromPackage("PECHead.Research", typeof(RgbImage).Assembly) is { } package)
        {
            NativeLibrary.Load(Adapt(library, Path.Combine(package, "buildTransitive", "libstdcxx-compat", "build.sh")));
        }
    }

    /// <summary>A copy in the user's cache for systems with an older C++ library: the package cache stays as it is.</summary>
    private static string Adapt(string library, string script)
    {
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "pechead", "libstdcxx-compat", typeof(torch).Assembly.GetName().Version!.ToString());
        string adapted = Path.Combine(cache, Path.GetFileName(library));
        if (File.Exists(adapted)) return adapted;
        var (code, _, errors) = ExternalProgram.Run("bash", [script, library, cache], "Install bash, g++ and patchelf.");
        return code == 0 ? adapted : throw new DllNotFoundException($"{library} needs a newer C++ library than this system has, and its adapted copy could not be made: {errors}");
    }

    private static void Attend(Assembly assembly)
    {
        if (assembly.GetName().Name is "SkiaSharp" or "HarfBuzzSharp" && AssemblyLoadContext.GetLoadContext(assembly) is { } context)
            context.ResolvingUnmanagedDll += (_, name) => Find(name) is { } found ? NativeLibrary.Load(found) : 0;
    }

    private static string? Find(string name)
    {
        string bare = name.StartsWith("lib", StringComparison.Ordinal) ? name[3..] : name;
        string file = OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{bare}.dylib" : $"lib{bare}.so";
        return Folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> Beside()
        => ((string[])[RuntimeInformation.RuntimeIdentifier, Portable]).Select(runtime => Path.Combine(Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location) ?? "", "runtimes", runtime, "native"));

    private static IEnumerable<string> Packages()
    {
        if (FromPackage("TorchSharp", typeof(torch).Assembly) is not { } package) return [];
        string version = typeof(NativeLibraries).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == "LibTorchVersion").Value!;
        string libtorch = Path.Combine(package, "..", "..", $"libtorch-cpu-{Portable}", version);
        return ((string[])[package, libtorch]).Select(folder => Path.GetFullPath(Path.Combine(folder, "runtimes", Portable, "native")));
    }

    /// <summary>The folder of a package in the package cache, <c>ID/VERSION</c>, if the assembly lies in it.</summary>
    private static string? FromPackage(string id, Assembly assembly)
    {
        string package = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(assembly.Location) ?? ".", "..", ".."));
        return string.Equals(Path.GetFileName(Path.GetDirectoryName(package)), id, StringComparison.OrdinalIgnoreCase) ? package : null;
    }

    private static string PortableRuntime()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }
}
