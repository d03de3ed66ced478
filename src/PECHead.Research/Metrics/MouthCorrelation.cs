namespace PECHead.Research.Metrics;

/// <summary>Whether mouths open and close when those of the driving frames do: the correlation of the two openings over a clip, mean over clips.</summary>
/// <remarks>
/// <b>Choice:</b> the opening is the distance of the inner lips' middles by that of the outer corners of the eyes. Clips whose driving mouth
/// moves by less than a deviation of 0.02, or with fewer than eight frames, are skipped: they do not speak. A generated mouth that never
/// moves correlates 0.
/// </remarks>
/// <param name="network">What finds the landmarks.</param>
public sealed class MouthCorrelation(MetricNetwork network) : MeanMetric
{
    /// <summary>Least deviation of the opening of a mouth that speaks.</summary>
    public const double LeastDeviation = 0.02;

    private const int LeastFrames = 8;
    private const double Still = 1e-6;
    private const int UpperLip = 62, LowerLip = 66, RightEye = 36, LeftEye = 45;

    /// <inheritdoc/>
    public override string Name => network.Label("mouth");

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <summary>Takes in a clip.</summary>
    /// <param name="generated">Opening of the mouth in each generated frame, as <see cref="Opening"/> measures it.</param>
    /// <param name="driving">In the driving frames.</param>
    /// <exception cref="ArgumentException">Different numbers of frames, or a number that is not finite.</exception>
    public void Update(IReadOnlyList<double> generated, IReadOnlyList<double> driving)
    {
        if (generated.Count != driving.Count) throw new ArgumentException($"{generated.Count} generated and {driving.Count} driving frames.", nameof(driving));
        var (x, y) = (Centred(generated), Centred(driving));
        var (dx, dy) = (Deviation(x), Deviation(y));
        var reason = driving.Count < LeastFrames ? "clip of too few frames" : dy < LeastDeviation ? "driving mouth does not move" : null;
        var correlation = dx < Still ? 0 : x.Zip(y, (a, b) => a * b).Average() / (dx * dy);
        Take([reason is null ? correlation : 0], [reason]);
    }

    /// <summary>The opening of a mouth.</summary>
    /// <param name="landmarks">x and y of 68 landmarks.</param>
    public static double Opening(ReadOnlySpan<double> landmarks)
    {
        if (landmarks.Length != 2 * AverageKeypointDistance.Landmarks) throw new ArgumentException($"Expected {2 * AverageKeypointDistance.Landmarks} numbers, received {landmarks.Length}.", nameof(landmarks));
        return Distance(landmarks, UpperLip, LowerLip) / Math.Max(1e-3, Distance(landmarks, RightEye, LeftEye));
    }

    private protected override void MergeState(MeanMetric other)
    {
    }

    private protected override void ResetState()
    {
    }

    private static double Distance(ReadOnlySpan<double> points, int a, int b)
        => Math.Sqrt(Math.Pow(points[2 * a] - points[2 * b], 2) + Math.Pow(points[(2 * a) + 1] - points[(2 * b) + 1], 2));

    private static double[] Centred(IReadOnlyList<double> values)
    {
        var mean = values.DefaultIfEmpty().Average();
        return [.. values.Select(value => value - mean)];
    }

    private static double Deviation(double[] centred) => Math.Sqrt(centred.Select(value => value * value).DefaultIfEmpty().Average());
}
