namespace PECHead.Research.Metrics;

/// <summary>AUH: the share of facial action units that are present in one of the two faces only, generated against driving.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 4.2, after HeadGAN: the Hamming distance of the units that OpenFace calls present, over
/// their number. A value above one half counts as present.
/// </remarks>
/// <param name="network">What finds the action units.</param>
public sealed class ActionUnitDistance(MetricNetwork network) : FaceMetric("AUH", network)
{
    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    private protected override long[] ReadingShape => [-1];

    private protected override double Compare(ReadOnlySpan<double> generated, ReadOnlySpan<double> reference)
    {
        int different = 0;
        for (int i = 0; i < generated.Length; i++)
        {
            if (double.IsNaN(generated[i]) || double.IsNaN(reference[i]))
                return double.NaN;
            if (generated[i] > 0.5 != reference[i] > 0.5)
                different++;
        }
        return (double)different / generated.Length;
    }
}
