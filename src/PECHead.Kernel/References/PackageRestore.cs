using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace PECHead.Kernel.References;

/// <summary>
/// NuGet packages for <c>#r "nuget: Name, Version"</c>, fetched by the SDK's ordinary restore: a project is made for them and built, so that
/// their assemblies and native libraries lie together as for any program. What was built once is used again.
/// </summary>
internal sealed class PackageRestore
{
    private const int KeptErrorLines = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<string, string> _packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _sources = [];

    /// <summary>One more place to look for packages.</summary>
    public void AddSource(string source) => _sources.Add(source);

    /// <summary>Fetches a package, together with those asked for before, and references its assemblies.</summary>
    /// <param name="text">Name, and version after a comma; without one the newest.</param>
    /// <param name="references">Where to add them.</param>
    /// <param name="cancellation">Stops the restore.</param>
    /// <exception cref="InvalidOperationException">The package cannot be had.</exception>
    public void Add(string text, ReferenceList references, CancellationToken cancellation)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var wanted = new SortedDictionary<string, string>(_packages, StringComparer.OrdinalIgnoreCase) { [parts[0]] = parts.Length > 1 ? parts[1] : "*" };
        var project = Project(wanted);
        var folder = Path.Combine(Cache(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..24]);
        var built = Path.Combine(folder, "built");
        if (!Directory.Exists(built)) Build(folder, built, project, text.Trim(), cancellation);
        _packages[parts[0]] = wanted[parts[0]];
        foreach (var assembly in Directory.EnumerateFiles(built, "*.dll").Where(IsManaged)) references.Add(assembly);
    }

    private static string Cache() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "pechead-kernel", "packages");

    private static void Build(string folder, string built, string project, string package, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "cell-packages.csproj");
        // An empty file of each kind: settings of folders above the cache are not meant for this project.
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" }) File.WriteAllText(Path.Combine(folder, name), "<Project/>");
        File.WriteAllText(file, project);
        var aside = Path.Combine(folder, $"building-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo("dotnet", ["build", file, "-c", "Release", "-o", aside, "-nologo", "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // The kernel's own start-up settings are not the build's.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DOTNET_Tiered", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start: packages need the .NET SDK");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var killing = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            var reasons = (output + errors.Result).Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Select(Reason).Distinct().Take(KeptErrorLines);
            throw new InvalidOperationException(
                $"the package {package} could not be restored. Is the name right, and is a package source reachable? (#i \"nuget:folder-or-address\" adds one.)\n{string.Join('\n', reasons)}");
        }
        File.Delete(Path.Combine(aside, "cell-packages.dll"));
        Directory.Move(aside, built);
    }

    private static string Reason(string line)
    {
        var start = line.IndexOf("error", StringComparison.Ordinal);
        var end = line.LastIndexOf(" [", StringComparison.Ordinal);
        return line[start..(end > start ? end : line.Length)].Trim();
    }

    private static bool IsManaged(string path)
    {
        using var reader = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(path));
        return reader.HasMetadata;
    }

    private string Project(SortedDictionary<string, string> packages)
    {
        var properties = new XElement("PropertyGroup",
            new XElement("TargetFramework", $"net{Environment.Version.Major}.0"),
            new XElement("EnableDynamicLoading", "true"),
            new XElement("RuntimeIdentifier", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier),
            new XElement("SelfContained", "false"),
            new XElement("ImplicitUsings", "disable"));
        if (_sources.Count > 0) properties.Add(new XElement("RestoreAdditionalProjectSources", string.Join(';', _sources)));
        return new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"), properties,
            new XElement("ItemGroup", packages.Select(package => new XElement("PackageReference", new XAttribute("Include", package.Key), new XAttribute("Version", package.Value))))).ToString();
    }
}
