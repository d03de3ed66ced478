namespace PECHead.Research.Metrics;

/// <summary>AKD: mean absolute difference of the coordinates of 68 facial landmarks, generated against driving, in pixels at 256 px.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 4.2, after First Order Motion Model, whose evaluation averages |Δx| and |Δy| over all 136
/// numbers rather than taking Euclidean distances, and leaves out frames in which no face is found.
/// </remarks>
public sealed class AverageKeypointDistance : FaceMetric
{
    /// <summary>Landmarks of a face, in the order of the 68-point mark-up.</summary>
    public const int Landmarks = 68;

    private const double UnitSide = 256;
    private readonly double _scale;

    /// <summary>Builds the metric.</summary>
    /// <param name="network">What finds the landmarks.</param>
    /// <param name="side">Side of the frames in pixels, whose coordinates the landmarks have.</param>
    public AverageKeypointDistance(MetricNetwork network, int side) : base("AKD", network)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        _scale = UnitSide / side;
    }

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    private protected override long[] ReadingShape => [Landmarks, 2];

    private protected override double Compare(ReadOnlySpan<double> generated, ReadOnlySpan<double> reference)
    {
        double sum = 0;
        for (int i = 0; i < generated.Length; i++)
            sum += Math.Abs(generated[i] - reference[i]);
        return sum / generated.Length * _scale;
    }
}
