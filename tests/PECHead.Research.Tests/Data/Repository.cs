namespace PECHead.Research.Tests.Data;

/// <summary>Finds files of the checkout from where the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Manifest(string name) => Path.Combine(Root, "data-manifests", name + ".yaml");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "data-manifests", "schema.yaml")))
                return folder.FullName;
        throw new InvalidOperationException("the tests do not run inside the checkout");
    }
}
