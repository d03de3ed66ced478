using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

/// <summary>A metric with data for it: what it should call perfect, and how to make that worse.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Create">Makes the metric.</param>
/// <param name="Draw">Draws N reference samples.</param>
/// <param name="Distort">Makes samples worse by a strength in (0, 1]; the same seed moves them the same way.</param>
/// <param name="Feed">Updates with generated and reference samples.</param>
/// <param name="Perfect">The value of identical inputs.</param>
internal sealed record MetricSubject(
    string Name, Func<Metric> Create, Func<int, Generator, Tensor> Draw, Func<Tensor, double, Generator, Tensor> Distort,
    Action<Metric, Tensor, Tensor> Feed, double Perfect)
{
    private const int Side = 24;
    private static readonly MetricNetwork Network = MetricNetwork.Embedded("test");

    public static IReadOnlyList<MetricSubject> All { get; } =
    [
        Frames(() => new MeanAbsoluteError { Bootstrap = new Bootstrap() }, 0),
        Frames(() => new PeakSignalToNoise { Bootstrap = new Bootstrap() }, PeakSignalToNoise.Cap),
        Frames(() => new StructuralSimilarity(), 1),
        Frames(() => new MultiScaleStructuralSimilarity(Side), 1),
        Face(() => new AverageKeypointDistance(Network, 64), Landmarks, 5),
        Face(() => new AverageEmbeddingDistance(Network), Vectors, 1),
        Face(() => new IdentitySimilarity(Network), Vectors, 1, perfect: 1),
        Face(() => PoseDistance.ToDriving(Network), Angles, 20),
        Face(() => PoseDistance.ToTarget(Network), Angles, 20),
        new("AUH[test]", () => new ActionUnitDistance(Network),
            (n, random) => rand([n, 18], generator: random).gt(0.5).to(ScalarType.Float32),
            (units, strength, random) => where(rand(units.shape, generator: random).lt(strength), 1 - units, units),
            (metric, a, b) => ((FaceMetric)metric).Update(FoundValues.Complete(a), FoundValues.Complete(b)), 0),
        // Still faces: any trembling is the distortion's.
        new("jerk[test]", () => new LandmarkJerk(Network, 64),
            (n, random) => Landmarks(1, random).expand(n, 68, 2).contiguous(),
            (points, strength, random) => points + 5 * strength * randn(points.shape, generator: random),
            (metric, a, _) => ((LandmarkJerk)metric).Update(FoundValues.Complete(a)), 0),
        new("flicker[test]", () => new LandmarkFlicker(Network, 64), Landmarks,
            (points, strength, random) => points + 5 * strength * randn(points.shape, generator: random),
            (metric, a, b) => ((LandmarkFlicker)metric).Update(FoundValues.Complete(a), FoundValues.Complete(b)), 0),
        Sets(() => FrechetMetric.OfFrames(Network, 6)),
        Sets(() => FrechetMetric.OfClips(Network, 6)),
    ];

    /// <summary>A picture with soft edges, like a frame.</summary>
    public static Tensor Pictures(int n, Generator random) => nn.functional.interpolate(
        rand([n, 3, 6, 6], generator: random), [Side, Side], mode: InterpolationMode.Bilinear, align_corners: true);

    public override string ToString() => Name;

    public Metric Over(Tensor generated, Tensor reference)
    {
        var metric = Create();
        Feed(metric, generated, reference);
        return metric;
    }

    private static MetricSubject Frames(Func<FrameMetric> create, double perfect) => new(
        create().Name, create, Pictures,
        (frames, strength, random) => (frames + strength * (rand(frames.shape, generator: random) - 0.5)).clamp(0, 1),
        (metric, a, b) => ((FrameMetric)metric).Update(a, b), perfect);

    private static MetricSubject Face(Func<FaceMetric> create, Func<int, Generator, Tensor> draw, double unit, double perfect = 0) => new(
        create().Name, create, draw,
        (values, strength, random) => values + unit * strength * randn(values.shape, generator: random),
        (metric, a, b) => ((FaceMetric)metric).Update(FoundValues.Complete(a), FoundValues.Complete(b)), perfect);

    private static MetricSubject Sets(Func<FrechetMetric> create) => new(
        create().Name, create, (n, random) => randn([n, 6], generator: random),
        (values, strength, _) => values + strength,
        (metric, a, b) =>
        {
            ((FrechetMetric)metric).UpdateGenerated(a);
            ((FrechetMetric)metric).UpdateReal(b);
        }, 0);

    private static Tensor Landmarks(int n, Generator random) => 64 * rand([n, 68, 2], generator: random);

    private static Tensor Vectors(int n, Generator random) => randn([n, 16], generator: random);

    private static Tensor Angles(int n, Generator random) => 60 * (rand([n, 3], generator: random) - 0.5);
}
