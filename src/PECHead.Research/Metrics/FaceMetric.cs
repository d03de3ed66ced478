namespace PECHead.Research.Metrics;

/// <summary>A number per frame from what a face network read in the generated frame and in a reference frame.</summary>
/// <remarks>Frames in which no face was found, on either side, are skipped and counted.</remarks>
public abstract class FaceMetric : MeanMetric
{
    /// <summary>The reason under which generated frames without a face are counted.</summary>
    public const string NoGeneratedFace = "no face in the generated frame";

    /// <summary>The reason under which reference frames without a face are counted.</summary>
    public const string NoReferenceFace = "no face in the reference frame";

    private readonly string _metric;

    private protected FaceMetric(string metric, MetricNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        (_metric, Network) = (metric, network);
    }

    /// <summary>What the measurements come from.</summary>
    public MetricNetwork Network { get; }

    /// <inheritdoc/>
    public sealed override string Name => Network.Label(_metric);

    /// <summary>Takes in a batch.</summary>
    /// <param name="generated">Measurements of N generated frames.</param>
    /// <param name="reference">Measurements of the N frames to compare with: driving, source or target, as the metric says.</param>
    /// <exception cref="ArgumentException">Shapes that differ or are not the metric's, or values of a found face that are not finite.</exception>
    public void Update(FoundValues generated, FoundValues reference)
    {
        generated.Require(nameof(generated), ReadingShape);
        reference.Require(nameof(reference), generated.Values.shape[1..]);
        if (generated.Count != reference.Count)
            throw new ArgumentException($"{generated.Count} generated frames and {reference.Count} to compare with.", nameof(reference));
        bool[] found = generated.Present(), known = reference.Present();
        double[][] x = generated.Rows(), y = reference.Rows();
        var values = new double[x.Length];
        var reasons = new string?[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            reasons[i] = !found[i] ? NoGeneratedFace : !known[i] ? NoReferenceFace : null;
            values[i] = reasons[i] is null ? Compare(x[i], y[i]) : 0;
        }
        Take(values, reasons);
    }

    /// <summary>Shape of one frame's measurements, -1 where free.</summary>
    private protected abstract long[] ReadingShape { get; }

    /// <summary>The metric of one frame.</summary>
    private protected abstract double Compare(ReadOnlySpan<double> generated, ReadOnlySpan<double> reference);

    private protected sealed override void MergeState(MeanMetric other)
    {
    }

    private protected sealed override void ResetState()
    {
    }
}
