namespace PECHead.Experiments.Tests;

/// <summary>The embedded videos, portraits and face networks, where they were fetched.</summary>
internal static class NpmPackages
{
    /// <summary>The checkout's data folder.</summary>
    public static string Data { get; } = FindData();

    /// <summary>Why a test that needs them is skipped; null where they are.</summary>
    public static string? Missing { get; } = Directory.Exists(Path.Combine(Data, "npm", "node_modules", "@vladmandic", "human"))
        ? null
        : "needs the npm packages: pechead data prepare data-manifests/talking-face.yaml";

    private static string FindData()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PECHead.Research.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "data");
    }
}
