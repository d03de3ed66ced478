using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>FID and FVD: the Fréchet distance of the features of two sets of frames or clips, generated and real.</summary>
/// <remarks>
/// <b>Paper:</b> Heusel et al. 2017 (FID), Unterthiner et al. 2018 (FVD). The sets need not be of one size or order. There
/// is no confidence interval: the distance is no mean over samples, and its bias falls with their number, which a
/// resampling would not show.
/// </remarks>
public sealed class FrechetMetric : Metric
{
    private readonly string _metric;
    private readonly GaussianStatistics _generated;
    private readonly GaussianStatistics _real;

    private FrechetMetric(string metric, MetricNetwork network, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(network);
        (_metric, Network) = (metric, network);
        (_generated, _real) = (new GaussianStatistics(dimensions), new GaussianStatistics(dimensions));
    }

    /// <summary>What the features come from.</summary>
    public MetricNetwork Network { get; }

    /// <inheritdoc/>
    public override string Name => Network.Label(_metric);

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <summary>Generated samples: frames for FID, clips for FVD.</summary>
    public override long Count => _generated.Count;

    /// <inheritdoc/>
    public override bool HasValue => Math.Min(_generated.Count, _real.Count) > 1;

    /// <summary>Length of a feature vector.</summary>
    public int Dimensions => _real.Dimensions;

    /// <summary>Real samples.</summary>
    public long RealCount => _real.Count;

    /// <summary>FID, of frames.</summary>
    /// <param name="network">What the features come from.</param>
    /// <param name="dimensions">Length of a feature vector; 2048 for Inception-v3.</param>
    public static FrechetMetric OfFrames(MetricNetwork network, int dimensions) => new("FID", network, dimensions);

    /// <summary>FVD, of clips.</summary>
    /// <param name="network">What the features come from.</param>
    /// <param name="dimensions">Length of a feature vector; 400 for I3D.</param>
    public static FrechetMetric OfClips(MetricNetwork network, int dimensions) => new("FVD", network, dimensions);

    /// <summary>Takes in features of generated samples.</summary>
    /// <param name="features">[N, D].</param>
    /// <exception cref="ArgumentException">Another shape, or features that are not finite.</exception>
    public void UpdateGenerated(Tensor features) => _generated.Update(features);

    /// <summary>Takes in features of real samples.</summary>
    /// <inheritdoc cref="UpdateGenerated(Tensor)"/>
    public void UpdateReal(Tensor features) => _real.Update(features);

    /// <summary>Takes in features of generated faces; frames without a face are skipped and counted.</summary>
    /// <param name="features">Measurements [N, D].</param>
    /// <exception cref="ArgumentException">Another shape, or features that are not finite.</exception>
    public void UpdateGenerated(FoundValues features) => Update(_generated, features, FaceMetric.NoGeneratedFace);

    /// <summary>Takes in features of real faces; frames without a face are skipped and counted.</summary>
    /// <inheritdoc cref="UpdateGenerated(FoundValues)"/>
    public void UpdateReal(FoundValues features) => Update(_real, features, FaceMetric.NoReferenceFace);

    /// <summary>The distance with what is known about it.</summary>
    /// <exception cref="InvalidOperationException">Fewer than two samples on a side.</exception>
    public FrechetDistance Distance() => HasValue
        ? FrechetDistance.Between(_generated, _real)
        : throw TooFew($"needs two samples a side, and there are {_generated.Count} generated and {_real.Count} real ones");

    /// <inheritdoc/>
    public override double Compute() => Distance().Value;

    /// <inheritdoc/>
    public override ConfidenceInterval? Interval(double level = 0.95) => null;

    private protected override void MergeSamples(Metric other)
    {
        var same = (FrechetMetric)other;
        _generated.Merge(same._generated);
        _real.Merge(same._real);
    }

    private protected override void WriteSamples(BinaryWriter writer)
    {
        _generated.Write(writer);
        _real.Write(writer);
    }

    private protected override void ReadSamples(BinaryReader reader)
    {
        _generated.Read(reader);
        _real.Read(reader);
    }

    private protected override void ResetSamples()
    {
        _generated.Reset();
        _real.Reset();
    }

    private void Update(GaussianStatistics statistics, FoundValues features, string reason)
    {
        features.Require(nameof(features), statistics.Dimensions);
        long[] found = [.. features.Present().Index().Where(frame => frame.Item).Select(frame => (long)frame.Index)];
        using var scope = NewDisposeScope();
        if (found.Length > 0)
            statistics.Update(features.Values.index_select(0, tensor(found, device: features.Values.device)));
        Skipped.Add(reason, features.Count - found.Length);
    }
}
