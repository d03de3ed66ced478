using PECHead.Research.Metrics;
using PECHead.Research.Metrics.Networks;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Metrics.</summary>
internal static class MetricEntries
{
    private static readonly MetricNetwork Network = MetricNetwork.Embedded("mesh");
    private static readonly IdentityFeatures Identity = IdentityFeatures.Untrained(50);
    private static readonly InceptionFeatures Inception = InceptionFeatures.Untrained();

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("FaceMetric.Update(generated, reference)", p => After(PoseDistance.ToDriving(Network), metric => metric.Update(Read(p, "generated", 3), Read(p, "reference", 3)))),
        new("PoseDistance.Update(generated)", p => After(PoseDistance.ToTarget(Network), metric => metric.Update(Read(p, "generated", 3), [1.0, 2, 3]))),
        new("FoundValues.Complete(values)", p => FoundValues.Complete(p.Of("values", 2, 3))),
        new("FrameMetric.Update(generated, driving)", p => After(new StructuralSimilarity(), metric => metric.Update(p.Of("generated", 1, 3, 16, 16), p.Of("driving", 1, 3, 16, 16)))),
        new("MetricReport.Update(generated, driving)", p => After(
            new MetricReport(new MeanAbsoluteError(), new PeakSignalToNoise(), new StructuralSimilarity()), report => report.Update(p.Of("generated", 1, 3, 16, 16), p.Of("driving", 1, 3, 16, 16)))),
        new("FrameWindows.Update(frames)", p => new FrameWindows(3, 2).Update(Read(p, "frames", 3))),
        new("FrechetMetric.UpdateGenerated(features)", p => After(FrechetMetric.OfFrames(Network, 3), metric =>
        {
            metric.UpdateGenerated(p.Of("features", 4, 3));
            metric.UpdateGenerated(Read(p, "features", 3));
        })),
        new("FrechetMetric.UpdateReal(features)", p => After(FrechetMetric.OfFrames(Network, 3), metric =>
        {
            metric.UpdateReal(p.Of("features", 4, 3));
            metric.UpdateReal(Read(p, "features", 3));
        })),
        new("LandmarkFlicker.Update(generated, driving)", p => After(new LandmarkFlicker(Network, 64), metric => metric.Update(Read(p, "generated", 68, 2), Read(p, "driving", 68, 2)))),
        new("LandmarkJerk.Update(generated)", p => After(new LandmarkJerk(Network, 64), metric => metric.Update(Read(p, "generated", 68, 2)))),
        new("IdentityFeatures.forward(input)", p => Identity.call(p.Of("input", 1, 3, 112, 112)), Every: 6),
        new("InceptionFeatures.forward(input)", p => Inception.call(p.Of("input", 1, 3, 32, 32)), Every: 12),
    ];

    private static FoundValues Read(Probe p, string name, params long[] rest)
        => new(p.Of(name, [2, .. rest]), p.Given(name, ones(2, ScalarType.Bool)));

    private static T After<T>(T metric, Action<T> update)
    {
        update(metric);
        return metric;
    }
}
