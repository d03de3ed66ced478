using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.Conventions;

/// <summary>Which packages the project asks for, and what becomes of their native libraries.</summary>
public sealed class PackageTests
{
    private static readonly string Natives = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");

    [Theory]
    [InlineData("cpu", "linux-x64", "libtorch-cpu-linux-x64")]
    [InlineData("cpu", "win-x64", "libtorch-cpu-win-x64")]
    [InlineData("cpu", "osx-arm64", "libtorch-cpu-osx-arm64")]
    [InlineData("cuda", "linux-x64", "TorchSharp-cuda-linux")]
    public void The_library_asks_for_one_libtorch_and_locks_only_the_cpu_on_linux(string device, string runtime, string package)
    {
        var project = Evaluate($"-p:TorchDevice={device}", $"-p:TorchRuntime={runtime}");
        var references = project.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!).Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(["TorchSharp", package], references);

        // A lock file beside a restore without locks is the error NU1005.
        bool locked = project.GetProperty("Properties").GetProperty("RestorePackagesWithLockFile").GetString() == "true";
        string lockFile = project.GetProperty("Properties").GetProperty("NuGetLockFilePath").GetString()!;
        Assert.Equal((device, runtime) == ("cpu", "linux-x64"), locked);
        Assert.True(locked || !File.Exists(lockFile), lockFile);
        Assert.True(locked || lockFile.Length > 0);
    }

    [Fact]
    public void Lock_files_name_versions_and_hashes_but_no_address()
        => Assert.All(
            Directory.GetFiles(Repository.Root, "packages.lock.json", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("://", File.ReadAllText(file), StringComparison.Ordinal));

    [LinuxFact]
    public void The_natives_of_libtorch_are_linked_into_the_output_not_copied()
    {
        string cached = Directory.GetFiles(PackageFolder("libtorch-cpu-linux-x64"), "libtorch_cpu.so", SearchOption.AllDirectories).Single();
        Assert.Equal(Inode(cached), Inode(Path.Combine(Natives, "libtorch_cpu.so")));
    }

    [LinuxFact]
    public void TorchSharps_library_in_the_package_cache_is_as_it_was_published()
    {
        string cached = Path.Combine(PackageFolder("torchsharp"), "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        Assert.False(NamesCompatibilityLibrary(cached));
    }

    [LinuxFact]
    public void The_compatibility_library_is_used_exactly_where_the_systems_is_too_old()
    {
        bool needed = Run(Path.Combine(Repository.Root, "build", "libstdcxx-compat", "needed.sh")).Trim() == "true";
        Assert.Equal(needed, File.Exists(Path.Combine(Natives, "libstdcxx-compat.so.6")));
        Assert.Equal(needed, NamesCompatibilityLibrary(Path.Combine(Natives, "libLibTorchSharp.so")));
    }

    private static JsonElement Evaluate(params string[] properties)
    {
        string project = Path.Combine(Repository.Root, "src", "PECHead.Research", "PECHead.Research.csproj");
        string json = Run(
            "dotnet", ["msbuild", project, "-nologo", "-getItem:PackageReference", "-getProperty:RestorePackagesWithLockFile", "-getProperty:NuGetLockFilePath", .. properties]);
        return JsonDocument.Parse(json).RootElement;
    }

    private static string PackageFolder(string name)
    {
        string root = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string versions = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"));
        string version = Regex.Match(versions, $"""Include="{Regex.Escape(name)}" Version="([^"]+)""", RegexOptions.IgnoreCase).Groups[1].Value;
        // A version that more than one place needs is a property.
        var property = Regex.Match(version, @"^\$\((\w+)\)$");
        return Path.Combine(root, name, property.Success ? Regex.Match(versions, $"<{property.Groups[1].Value}>(.+?)<").Groups[1].Value : version);
    }

    private static string Inode(string path) => Run("stat", "-c", "%d:%i", path).Trim();

    private static bool NamesCompatibilityLibrary(string library)
        => File.ReadAllBytes(library).AsSpan().IndexOf("libstdcxx-compat.so.6"u8) >= 0;

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute()
        {
            if (!OperatingSystem.IsLinux()) Skip = "concerns the native libraries of Linux";
        }
    }
}
