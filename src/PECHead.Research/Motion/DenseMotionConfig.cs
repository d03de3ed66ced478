namespace PECHead.Research.Motion;

/// <summary>What motion a point proposes to the pixels around it.</summary>
public enum ProposalKind
{
    /// <summary>Its own shift.</summary>
    Shift,

    /// <summary>Its own shift, and the turn and the change of size of the whole set of points.</summary>
    Similarity,
}

/// <summary>What the convolutions of mask and occlusion read.</summary>
public enum MotionHeadInput
{
    /// <summary>All channels of the hourglass, as in First Order Motion Model. For 68 points that is half the arithmetic of a frame of 128 px.</summary>
    Wide,

    /// <summary>As many channels as <see cref="DenseMotionConfig.ReducedChannels"/>, which a 1x1 block makes of them.</summary>
    Reduced,
}

/// <summary>Sizes of a <see cref="DenseMotionNetwork"/>; the defaults are those for 256 px.</summary>
public sealed record DenseMotionConfig
{
    /// <summary>Points that move, at least 1. <b>Paper:</b> PECHead, Sec. 4.1: 10 keypoints.</summary>
    public int PointCount { get; init; } = 10;

    /// <summary>Channels of the hourglass' last step. <b>Paper:</b> First Order Motion Model: 64.</summary>
    public int Expansion { get; init; } = 64;

    /// <summary>Most channels in the hourglass. <b>Paper:</b> First Order Motion Model: 1024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings in the hourglass. <b>Paper:</b> First Order Motion Model: 5, on 64 px.</summary>
    public int HourglassDepth { get; init; } = 5;

    /// <summary>How many times smaller the network sees the source. <b>Paper:</b> First Order Motion Model: 4.</summary>
    public int Reduction { get; init; } = 4;

    /// <summary>Variance of a point's bump, normalised units squared. <b>Paper:</b> First Order Motion Model: 0.01.</summary>
    public double HeatmapVariance { get; init; } = 0.01;

    /// <summary>
    /// What a point proposes. <b>Paper:</b> PECHead, Sec. 3.2: points without an affine part, so shifts. <b>Choice:</b> similarities: shifts
    /// tear a head that goes to twice its distance.
    /// </summary>
    public ProposalKind Proposals { get; init; } = ProposalKind.Similarity;

    /// <summary>Whether an occlusion map is estimated; otherwise everything counts as visible.</summary>
    public bool EstimatesOcclusion { get; init; } = true;

    /// <summary>What the convolutions of mask and occlusion read. <b>Paper:</b> First Order Motion Model: everything.</summary>
    public MotionHeadInput HeadInput { get; init; } = MotionHeadInput.Wide;

    /// <summary>Channels that the heads read where their input is reduced. <b>Choice:</b> 32.</summary>
    public int ReducedChannels { get; init; } = 32;

    /// <summary>Convention of <see cref="Warping.Sample"/>. <b>Choice:</b> true, which fits the grids exactly.</summary>
    public bool AlignCorners { get; init; } = true;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(PointCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Expansion, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChannels, Expansion);
        ArgumentOutOfRangeException.ThrowIfLessThan(HourglassDepth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Reduction, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReducedChannels, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HeatmapVariance);
    }
}
