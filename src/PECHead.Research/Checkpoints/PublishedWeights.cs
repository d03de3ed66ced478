namespace PECHead.Research.Checkpoints;

/// <summary>A file name under which weights are published.</summary>
/// <param name="Name">File name; case does not matter.</param>
/// <param name="Sha256">First digits of its SHA-256, in lower case, where they are public; null where they are not.</param>
public readonly record struct PublishedFile(string Name, string? Sha256 = null);

/// <summary>Weights that others trained and published, which this project can use but does not bring along.</summary>
/// <param name="Id">Short name.</param>
/// <param name="Title">What the network is.</param>
/// <param name="Enables">What works with it.</param>
/// <param name="Source">Where a user gets the file.</param>
/// <param name="Megabytes">Size of the published file in 10⁶ bytes, rounded.</param>
/// <param name="Files">Names under which it is known, the usual one first.</param>
public sealed record PublishedWeights(string Id, string Title, string Enables, string Source, double Megabytes, IReadOnlyList<PublishedFile> Files)
{
    /// <summary>All names under which the weights are found: those of the published files, and that of a conversion of the user's own.</summary>
    /// <remarks>A conversion has no public hash: names and shapes of its tensors are checked, as with any file.</remarks>
    public IEnumerable<PublishedFile> Known => Files.Append(new PublishedFile($"{Id}.safetensors"));
}
