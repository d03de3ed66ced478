namespace PECHead.Research.Metrics;

/// <summary>How far the mean colour of a region is from that of the same region in the reference frame, in percent of the range.</summary>
/// <remarks>
/// <b>Choice:</b> the mean over the three channels of the absolute difference. Regions are found by landmarks in each of the two frames, see
/// <see cref="FaceRegions"/>, so that a head in another place is no cast.
/// </remarks>
/// <param name="network">What finds the landmarks.</param>
/// <param name="region">Name of the region: skin or background.</param>
public sealed class ColourCast(MetricNetwork network, string region) : FaceMetric($"{region}-cast", network)
{
    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    private protected override long[] ReadingShape => [3];

    private protected override double Compare(ReadOnlySpan<double> generated, ReadOnlySpan<double> reference)
    {
        double sum = 0;
        for (int i = 0; i < generated.Length; i++)
            sum += Math.Abs(generated[i] - reference[i]);
        return 100 * sum / generated.Length;
    }
}
