using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>ARD and ARE: mean absolute difference of three Euler angles in degrees.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 4.2: ARD compares the generated head with the driving one, ARE with the pose that was asked
/// for. <b>Choice:</b> differences are taken the short way round, so 179° and -179° lie 2° apart.
/// </remarks>
public sealed class PoseDistance : FaceMetric
{
    private PoseDistance(string metric, MetricNetwork network) : base(metric, network)
    {
    }

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    private protected override long[] ReadingShape => [3];

    /// <summary>ARD: the reference is the driving frame.</summary>
    /// <param name="network">What finds the pose.</param>
    public static PoseDistance ToDriving(MetricNetwork network) => new("ARD", network);

    /// <summary>ARE: the reference is a target pose.</summary>
    /// <param name="network">What finds the pose.</param>
    public static PoseDistance ToTarget(MetricNetwork network) => new("ARE", network);

    /// <summary>Takes in a batch whose frames should all have one pose.</summary>
    /// <param name="generated">Angles of N generated frames in degrees.</param>
    /// <param name="targetDegrees">The pose that was asked for, three angles in the network's order; zeros for a frontal face.</param>
    /// <exception cref="ArgumentException">Shapes that are not the metric's, or angles that are not finite.</exception>
    public void Update(FoundValues generated, ReadOnlySpan<double> targetDegrees)
    {
        generated.Require(nameof(generated), ReadingShape);
        using var scope = NewDisposeScope();
        var target = tensor(targetDegrees.ToArray()).unsqueeze(0).expand(generated.Count, targetDegrees.Length);
        Update(generated, FoundValues.Complete(target));
    }

    private protected override double Compare(ReadOnlySpan<double> generated, ReadOnlySpan<double> reference)
    {
        double sum = 0;
        for (int i = 0; i < generated.Length; i++)
            sum += Math.Abs(Math.IEEERemainder(generated[i] - reference[i], 360));
        return sum / generated.Length;
    }
}
