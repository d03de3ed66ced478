namespace PECHead.Research.Metrics;

/// <summary>AED: squared Euclidean distance of two face embeddings, generated against driving.</summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model, Sec. 4; its evaluation sums the squared differences of OpenFace's 128 numbers
/// and takes no root.
/// </remarks>
/// <param name="network">What embeds a face.</param>
public sealed class AverageEmbeddingDistance(MetricNetwork network) : FaceMetric("AED", network)
{
    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    private protected override long[] ReadingShape => [-1];

    private protected override double Compare(ReadOnlySpan<double> generated, ReadOnlySpan<double> reference)
    {
        double sum = 0;
        for (int i = 0; i < generated.Length; i++)
            sum += (generated[i] - reference[i]) * (generated[i] - reference[i]);
        return sum;
    }
}
