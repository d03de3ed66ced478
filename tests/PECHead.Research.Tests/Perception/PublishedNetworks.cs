using PECHead.Research.Data;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.Perception;

/// <summary>The networks' files of the checkout; tests that need them are skipped where they have not been fetched.</summary>
internal static class PublishedNetworks
{
    public static FaceNetworkFiles Files { get; } = FaceNetworkFiles.Below(Path.Combine(Repository.Root, "data"));

    /// <summary>A graph model of the packages that only tests run: it has operators of its own.</summary>
    public static string FileOf(string name) => Path.Combine(Repository.Root, "data", "npm", "node_modules", "@vladmandic", "human", "models", name + ".json");

    public static bool AreFetched { get; } = new NpmAssets(
        Path.Combine(Repository.Root, "data-manifests", "npm"), Path.Combine(Repository.Root, "data", "npm")).IsCurrent;
}

/// <summary>A test that needs the networks.</summary>
internal sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute()
    {
        if (!PublishedNetworks.AreFetched)
            Skip = "the face networks have not been fetched: run 'pechead data prepare'";
    }
}

/// <summary>A test with parameters that needs the networks.</summary>
internal sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute()
    {
        if (!PublishedNetworks.AreFetched)
            Skip = "the face networks have not been fetched: run 'pechead data prepare'";
    }
}
