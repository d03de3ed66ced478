using System.Security.Cryptography;
using static TorchSharp.torch;

namespace PECHead.Research.Checkpoints;

/// <summary>How sure it is that a file is the published one.</summary>
public enum WeightIdentity
{
    /// <summary>Its SHA-256 begins as published.</summary>
    Verified,

    /// <summary>No hash of it is public; only names and shapes can be checked.</summary>
    Unpublished,

    /// <summary>Its SHA-256 begins differently: damaged, or another file.</summary>
    Different,
}

/// <summary>A file of weights that is present.</summary>
/// <param name="Path">Where.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Identity">Whether it is the published one.</param>
public sealed record PresentWeights(string Path, long Bytes, WeightIdentity Identity);

/// <summary>The folder where a user keeps published weights, with or without subfolders.</summary>
public sealed class WeightFolder
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "PECHEAD_WEIGHTS";

    private const int DeepestFolder = 4;

    /// <summary>Names a folder.</summary>
    /// <param name="path">The folder; null or absent for one that holds nothing.</param>
    public WeightFolder(string? path) => Path = string.IsNullOrEmpty(path) ? null : path;

    /// <summary>The folder; null where none is named.</summary>
    public string? Path { get; }

    /// <summary>The folder that <see cref="Variable"/> names.</summary>
    public static WeightFolder FromEnvironment() => new(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Looks for weights and compares their hash.</summary>
    /// <param name="weights">Which.</param>
    /// <returns>Null where no file of these names is present. Of several, the one that is surest.</returns>
    public PresentWeights? Find(PublishedWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (Path is null || !Directory.Exists(Path))
            return null;
        var options = new EnumerationOptions
        {
            MatchCasing = MatchCasing.CaseInsensitive,
            RecurseSubdirectories = true,
            MaxRecursionDepth = DeepestFolder,
            IgnoreInaccessible = true,
        };
        return weights.Known
            .SelectMany(file => Directory.EnumerateFiles(Path, file.Name, options).Order(StringComparer.Ordinal).Select(path => Examine(path, file)))
            .MinBy(present => present.Identity);
    }

    /// <summary>Reads weights that are present and, where a hash is public, the published ones.</summary>
    /// <param name="weights">Which.</param>
    /// <param name="container">Which state dict of the file; see <see cref="StateDictReader.Read"/>.</param>
    /// <exception cref="FileNotFoundException">They are not there; the message says where to get them.</exception>
    /// <exception cref="CheckpointFormatException">The file is not the published one, or is damaged.</exception>
    public Dictionary<string, Tensor> Load(PublishedWeights weights, string? container = null) => Load(Require(weights), weights, container);

    /// <summary>Reads weights where they are present.</summary>
    /// <param name="weights">Which.</param>
    /// <returns>Null where no file of these names is present.</returns>
    /// <exception cref="CheckpointFormatException">As for <see cref="Load(PublishedWeights, string?)"/>.</exception>
    public Dictionary<string, Tensor>? TryLoad(PublishedWeights weights) => Find(weights) is { } present ? Load(present, weights, container: null) : null;

    /// <summary>Builds a network from weights that are present.</summary>
    /// <param name="weights">Which.</param>
    /// <param name="build">Makes the network; the tensors are freed afterwards.</param>
    /// <exception cref="FileNotFoundException">They are not there; the message says where to get them.</exception>
    /// <exception cref="CheckpointFormatException">The file is not the published one, is damaged, or holds other weights; the message names it.</exception>
    public T Build<T>(PublishedWeights weights, Func<IReadOnlyDictionary<string, Tensor>, T> build)
        => Build(Require(weights), weights, build);

    /// <summary>Builds a network where its weights are present.</summary>
    /// <param name="weights">Which.</param>
    /// <param name="build">Makes the network; the tensors are freed afterwards.</param>
    /// <returns>Null where no file of these names is present.</returns>
    /// <exception cref="CheckpointFormatException">As for <see cref="Build{T}(PublishedWeights, Func{IReadOnlyDictionary{string, Tensor}, T})"/>.</exception>
    public T? TryBuild<T>(PublishedWeights weights, Func<IReadOnlyDictionary<string, Tensor>, T> build)
        where T : class
        => Find(weights) is { } present ? Build(present, weights, build) : null;

    private static T Build<T>(PresentWeights present, PublishedWeights weights, Func<IReadOnlyDictionary<string, Tensor>, T> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        using var scope = NewDisposeScope();
        var tensors = Load(present, weights, container: null);
        try
        {
            return build(tensors);
        }
        catch (CheckpointFormatException error)
        {
            throw new CheckpointFormatException($"{present.Path}: {error.Message} Get the file again from {weights.Source}.", error);
        }
    }

    private static Dictionary<string, Tensor> Load(PresentWeights present, PublishedWeights weights, string? container) => present.Identity != WeightIdentity.Different
        ? StateDict.Load(present.Path, container)
        : throw new CheckpointFormatException($"{present.Path}: its SHA-256 is not that of {weights.Title}. Get it again from {weights.Source}.");

    private PresentWeights Require(PublishedWeights weights) => Find(weights) ?? throw new FileNotFoundException(
        $"{weights.Title}: no {weights.Files[0].Name} in {Path ?? $"the folder that {Variable} names (it names none)"}. Get it from {weights.Source}.");

    private static PresentWeights Examine(string path, PublishedFile file)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var identity = file.Sha256 is null
            ? WeightIdentity.Unpublished
            : Convert.ToHexStringLower(SHA256.HashData(stream)).StartsWith(file.Sha256, StringComparison.Ordinal)
                ? WeightIdentity.Verified
                : WeightIdentity.Different;
        return new PresentWeights(path, stream.Length, identity);
    }
}
