namespace PECHead.Research.Tests.Data;

/// <summary>A test of the embedded videos; skipped, and counted as such, where they have not been fetched.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AssetFactAttribute : FactAttribute
{
    public static readonly string MediaRoot = Path.Combine(Repository.Root, "data", "npm", "node_modules");

    public AssetFactAttribute()
    {
        if (!Directory.Exists(MediaRoot))
            Skip = "the embedded videos are not here: prepare the talking-face data first";
    }
}
