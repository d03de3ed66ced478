namespace PECHead.Research.Metrics;

/// <summary>CSIM: cosine of the angle between two face embeddings, generated against source.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 4.2. Against the source where identities cross; against the driving frame, which shows the
/// same person, where they do not. <b>Choice:</b> an embedding of length zero has no direction and is not finite here.
/// </remarks>
/// <param name="network">What embeds a face.</param>
public sealed class IdentitySimilarity(MetricNetwork network) : FaceMetric("CSIM", network)
{
    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    private protected override long[] ReadingShape => [-1];

    private protected override double Compare(ReadOnlySpan<double> generated, ReadOnlySpan<double> reference)
    {
        double product = 0, x = 0, y = 0;
        for (int i = 0; i < generated.Length; i++)
        {
            product += generated[i] * reference[i];
            x += generated[i] * generated[i];
            y += reference[i] * reference[i];
        }
        double cosine = product / Math.Sqrt(x * y);
        return double.IsNaN(cosine) ? cosine : Math.Clamp(cosine, -1, 1);   // rounding may pass 1
    }
}
