using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>The metrics of a reconstruction, updated together.</summary>
public sealed class MetricReport
{
    /// <summary>Collects metrics.</summary>
    /// <param name="metrics">In the order of the table's columns.</param>
    public MetricReport(params IReadOnlyList<FrameMetric> metrics) => Metrics = metrics;

    /// <summary>The metrics, in the order of the table's columns.</summary>
    public IReadOnlyList<FrameMetric> Metrics { get; }

    /// <summary>L1, PSNR, SSIM and MS-SSIM.</summary>
    /// <param name="side">Smaller side of the frames in pixels.</param>
    public static MetricReport ForReconstruction(int side) => new(
        new MeanAbsoluteError(), new PeakSignalToNoise(), new StructuralSimilarity(),
        new MultiScaleStructuralSimilarity(side));

    /// <summary>Takes a batch into every metric.</summary>
    /// <param name="generated">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="driving">Frames of the same shape.</param>
    public void Update(Tensor generated, Tensor driving)
    {
        foreach (var metric in Metrics)
            metric.Update(generated, driving);
    }

    /// <summary>Takes in what another worker has gathered.</summary>
    /// <param name="other">A report of the same metrics.</param>
    /// <exception cref="ArgumentException">Other metrics.</exception>
    public void Merge(MetricReport other)
    {
        if (!Metrics.Select(metric => metric.Name).SequenceEqual(other.Metrics.Select(metric => metric.Name)))
            throw new ArgumentException("Only reports of the same metrics merge.", nameof(other));
        foreach (var (ours, theirs) in Metrics.Zip(other.Metrics))
            ours.Merge(theirs);
    }

    /// <summary>Means by name.</summary>
    public IReadOnlyDictionary<string, double> Compute() =>
        Metrics.ToDictionary(metric => metric.Name, metric => metric.Compute());
}
