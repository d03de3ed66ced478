namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>The notebooks of the checkout, and what they need to run.</summary>
internal static class ShippedNotebooks
{
    private static readonly string Root = Path.GetDirectoryName(NpmPackages.Data)!;

    /// <summary>The assembly that their first cells reference.</summary>
    public static string Library { get; } = Path.Combine(Root, "artifacts", "bin", "PECHead.Research.Interactive", "release", "PECHead.Research.Interactive.dll");

    /// <summary>The folder they lie in.</summary>
    public static string Folder { get; } = Path.Combine(Root, "notebooks");

    /// <summary>Why a test that runs them is skipped; null where everything is there.</summary>
    public static string? Missing { get; } = true switch
    {
        _ when NpmPackages.Missing is { } missing => missing,
        _ when !File.Exists(Path.Combine(NpmPackages.Data, "talking-face-128", "faces.mesh.safetensors")) =>
            "needs the frames of 128 px with their faces: pechead data prepare data-manifests/talking-face.yaml --size 128",
        _ when !File.Exists(Path.Combine(Root, "ablations", "reference", "full", "checkpoint.safetensors")) => "needs the weights in ablations/reference",
        _ => null,
    };

    /// <summary>Whether there are reference weights of a baseline.</summary>
    public static bool HasWeights(string id) => File.Exists(Path.Combine(Root, "ablations", "reference-family", id, "checkpoint.safetensors"));

    /// <summary>Names of the files.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Directory.GetFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>The file of this name.</summary>
    public static string At(string name) => Path.Combine(Folder, name);
}

/// <summary>A test that runs notebooks of the checkout.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NotebookFactAttribute : FactAttribute
{
    public NotebookFactAttribute() => Skip = ShippedNotebooks.Missing;
}

/// <summary>They use both cores and much memory: one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NotebookRuns
{
    public const string Name = "notebook runs";
}
