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

    /// <summary>Means by name.</summary>
    public IReadOnlyDictionary<string, double> Compute() =>
        Metrics.ToDictionary(metric => metric.Name, metric => metric.Compute());
}
