namespace PECHead.Research.Models;

/// <summary>Sizes of a <see cref="FrameGenerator"/>; the defaults are those for 256 px.</summary>
public sealed record FrameGeneratorConfig
{
    /// <summary>
    /// Channels at full resolution; every halving doubles them. <b>Choice:</b> 64, the width of First Order Motion
    /// Model's generator: PECHead gives the number of blocks only.
    /// </summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Halvings between frame and features. <b>Paper:</b> PECHead, Sec. 3.1: two down and two up blocks.</summary>
    public int DownBlocks { get; init; } = 2;

    /// <summary>Residual blocks after the warp. <b>Choice:</b> 6, as in First Order Motion Model.</summary>
    public int BottleneckBlocks { get; init; } = 6;

    /// <summary>
    /// What the decoder adds to. <b>Choice:</b> a residual over the warped source frame, nearest to Articulated Animation,
    /// which blends the two: the loss L_w of PECHead makes that frame a good guess, and fine texture need not pass the
    /// bottleneck. It is faded out where the source is occluded, so that the map keeps the paper's meaning. <see cref="OutputComposition.Decoded"/> is First Order
    /// Motion Model's.
    /// </summary>
    public OutputComposition Composition { get; init; } = OutputComposition.Residual;

    /// <summary>Convention of <see cref="Motion.Warping.Sample"/>. <b>Choice:</b> true, which fits the grids exactly.</summary>
    public bool AlignCorners { get; init; } = true;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BaseChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DownBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(BottleneckBlocks);
    }
}
