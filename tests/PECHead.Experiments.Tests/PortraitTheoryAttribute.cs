namespace PECHead.Experiments.Tests;

/// <summary>A test with parameters that needs the face networks and portraits; skipped, with the command that fetches them, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PortraitTheoryAttribute : TheoryAttribute
{
    public PortraitTheoryAttribute()
    {
        if (!Directory.Exists(Path.Combine(Data, "npm", "node_modules", "@vladmandic", "human")))
            Skip = "needs the npm packages: pechead data prepare data-manifests/talking-face.yaml";
    }

    /// <summary>The checkout's data folder.</summary>
    public static string Data { get; } = FindData();

    private static string FindData()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PECHead.Research.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "data");
    }
}
