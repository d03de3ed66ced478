using System.Globalization;
using System.Xml;
using Microsoft.CodeAnalysis;
using PECHead.Kernel.Compilation;

namespace PECHead.Kernel.Completion;

/// <summary>
/// XML documentation of an assembly: the file beside it, or for the framework, which has none there, those of the SDK's reference pack.
/// </summary>
/// <remarks><b>Choice:</b> a file is searched each time somebody asks (some tens of milliseconds); kept, the framework's would take 50 MB.</remarks>
internal sealed class AssemblyDocumentation(string assemblyPath) : DocumentationProvider
{
    private const string Core = "System.Private.CoreLib";

    // Where the reference pack documents what the runtime keeps in its core library.
    private static readonly string[] CoreFacades = ["System.Runtime", "System.Collections", "System.Threading", "System.Memory", "System.Runtime.InteropServices", "System.Console"];

    private static readonly Lazy<string?> ReferencePack = new(FindReferencePack);

    private string AssemblyPath { get; } = assemblyPath;

    public override bool Equals(object? obj) => obj is AssemblyDocumentation other && other.AssemblyPath == AssemblyPath;

    public override int GetHashCode() => AssemblyPath.GetHashCode(StringComparison.Ordinal);

    protected override string? GetDocumentationForSymbol(string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default)
        => Candidates().Where(File.Exists).Select(file => Search(file, documentationMemberID)).FirstOrDefault(text => text is not null) ?? "";

    private static string? Search(string file, string member)
    {
        try
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            while (reader.ReadToFollowing("member"))
            {
                if (reader.GetAttribute("name") == member) return reader.ReadOuterXml();
            }
        }
        catch (Exception failure) when (failure is XmlException or IOException or UnauthorizedAccessException)
        {
            // Documentation is a courtesy: without it the signature is still shown.
        }
        return null;
    }

    private static string? FindReferencePack()
    {
        // <dotnet>/shared/Microsoft.NETCore.App/10.0.x  →  <dotnet>/packs/Microsoft.NETCore.App.Ref/10.0.y/ref/net10.0
        var packs = Path.GetFullPath(Path.Combine(FrameworkReferences.Folder, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        if (!Directory.Exists(packs)) return null;
        return Directory.EnumerateDirectories(packs, $"{Environment.Version.Major}.*").Order()
            .Select(version => Path.Combine(version, "ref", $"net{Environment.Version.Major}.0")).LastOrDefault(Directory.Exists);
    }

    private IEnumerable<string> Candidates()
    {
        yield return Path.ChangeExtension(AssemblyPath, ".xml");
        if (ReferencePack.Value is not { } pack || Path.GetDirectoryName(AssemblyPath) != FrameworkReferences.Folder) yield break;
        var name = Path.GetFileNameWithoutExtension(AssemblyPath);
        foreach (var facade in name == Core ? CoreFacades : [name]) yield return Path.Combine(pack, $"{facade}.xml");
    }
}
