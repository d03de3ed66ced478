using PECHead.Research.Checkpoints;
using PECHead.Research.Metrics;
using PECHead.Research.Metrics.Networks;
using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>The networks that the literature measures with, as far as a folder holds their weights.</summary>
public sealed class StandardNetworks : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly InceptionFeatures? _inception;
    private readonly VideoFeatures? _video;
    private readonly IdentityFeatures? _identity;
    private readonly OpenFaceFeatures? _openFace;
    private readonly List<PerceptualDistance> _perceptual = [];

    /// <summary>Loads what the folder holds. Weights that are missing leave out their metric.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="device">Where the networks run.</param>
    /// <exception cref="CheckpointFormatException">A file is damaged, or not the published one; the message names it.</exception>
    public StandardNetworks(WeightFolder folder, Device device)
    {
        ArgumentNullException.ThrowIfNull(folder);
        try
        {
            _inception = Load(StandardWeights.Inception, InceptionFeatures.FromStateDict);
            _video = Load(StandardWeights.Video, VideoFeatures.FromStateDict);
            // The deeper network where both are there.
            _identity = Load(StandardWeights.ArcFace100, IdentityFeatures.FromStateDict) ?? Load(StandardWeights.ArcFace50, IdentityFeatures.FromStateDict);
            _openFace = Load(StandardWeights.OpenFace, OpenFaceFeatures.FromStateDict);
            foreach (var network in Enum.GetValues<PerceptualNetwork>())
            {
                if (StandardWeights.TryLoadPerceptual(folder, network, device) is not { } distance) continue;
                _perceptual.Add(distance);
                _owned.Add(distance);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        T? Load<T>(PublishedWeights weights, Func<IReadOnlyDictionary<string, Tensor>, T> build)
            where T : nn.Module
        {
            var network = folder.TryBuild(weights, build);
            if (network is null) return null;
            _owned.Add(network);
            network.to(device);
            return network;
        }
    }

    /// <summary>Bare names of the metrics that can be measured, such as FID.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. _inception is null ? Array.Empty<string>() : ["FID"], .. _video is null ? Array.Empty<string>() : ["FVD"],
        .. _perceptual.Select(metric => metric.Name), .. _identity is null ? Array.Empty<string>() : ["CSIM"], .. _openFace is null ? Array.Empty<string>() : ["AED"],
    ];

    /// <summary>Fresh metrics; null where the weights are missing.</summary>
    internal FrechetMetric? Frames() => _inception is null ? null : FrechetMetric.OfFrames(MetricNetwork.Standard("Inception-v3"), InceptionFeatures.Dimensions);

    /// <inheritdoc cref="Frames"/>
    internal FrechetMetric? Clips() => _video is null ? null : FrechetMetric.OfClips(MetricNetwork.Standard("I3D"), VideoFeatures.Dimensions);

    /// <inheritdoc cref="Frames"/>
    internal IdentitySimilarity? Identity() => _identity is null ? null : new IdentitySimilarity(MetricNetwork.Standard("ArcFace"));

    /// <inheritdoc cref="Frames"/>
    internal AverageEmbeddingDistance? Embedding() => _openFace is null ? null : new AverageEmbeddingDistance(MetricNetwork.Standard("OpenFace nn4.small2"));

    /// <summary>Fresh LPIPS of every backbone that is there.</summary>
    internal IEnumerable<PerceptualDistance> Perceptual() => _perceptual.Select(metric => metric.Another());

    /// <summary>Features of frames for FID.</summary>
    internal Tensor FrameFeatures(Tensor images) => _inception!.call(images);

    /// <summary>Features of clips [N, T, 3, S, S] for FVD.</summary>
    internal Tensor ClipFeatures(Tensor clips) => _video!.call(clips);

    /// <summary>Embeddings of whole frames for AED.</summary>
    internal FoundValues Embed(Tensor images) => FoundValues.Complete(_openFace!.call(images));

    /// <summary>Embeddings of the faces, cut out and aligned, for CSIM.</summary>
    /// <param name="images">[N, 3, S, S].</param>
    /// <param name="landmarks">Where the faces are.</param>
    internal FoundValues Recognize(Tensor images, FoundValues landmarks)
    {
        using var scope = NewDisposeScope();
        double[][] points = landmarks.Rows();
        bool[] found = landmarks.Present();
        FaceCrop[] crops = [.. points.Index().Where(row => found[row.Index]).Select(row => AlignedFaces.Find(row.Index, row.Item))];
        var embeddings = FaceCrop.Each(images, crops, IdentityFeatures.Dimensions, (pictures, _) => _identity!.call(pictures));
        return new FoundValues(embeddings, landmarks.Found.clone()).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the networks.</summary>
    public void Dispose()
    {
        foreach (var network in _owned) network.Dispose();
    }
}
