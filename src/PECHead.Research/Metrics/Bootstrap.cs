namespace PECHead.Research.Metrics;

/// <summary>How the confidence interval of a mean is found: the mean is taken again under random weights of its samples.</summary>
/// <remarks>
/// Poisson bootstrap (Hanley and MacGibbon 2006): in each replicate a sample counts Poisson(1) times, which needs one sum
/// and one weight a replicate and no samples. The weights depend on the seed and the number of the sample, so that
/// workers who say where their part begins get, merged, the interval of a single pass.
/// <b>Choice:</b> the samples are frames. Frames of one clip resemble each other, so the interval says how well these
/// clips were measured and not how other people's clips would score.
/// </remarks>
public sealed record Bootstrap
{
    /// <summary>How many means are taken.</summary>
    public int Replicates { get; init; } = 200;

    /// <summary>Seed of the weights.</summary>
    public long Seed { get; init; }

    /// <summary>Number of the first sample that this worker sees, in the whole list.</summary>
    public long FirstSample { get; init; }
}

/// <summary>Bounds of a number.</summary>
/// <param name="Lower">Lower bound.</param>
/// <param name="Upper">Upper bound.</param>
/// <param name="Level">Probability that the bounds cover, in (0, 1).</param>
public readonly record struct ConfidenceInterval(double Lower, double Upper, double Level);
