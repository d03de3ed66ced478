namespace PECHead.Research.Alignment;

/// <summary>Sizes of a <see cref="DeformableAlignment"/>.</summary>
public sealed record DeformableAlignmentConfig
{
    /// <summary>Channels that the motion's features are reduced to. <b>Choice:</b> 64, the hourglass' own at 256 px.</summary>
    public int MotionChannels { get; init; } = 64;

    /// <summary>Channels of the offset head. <b>Choice:</b> 128 at 256 px.</summary>
    public int HeadChannels { get; init; } = 128;

    /// <summary>G: groups of channels with offsets of their own. <b>Choice:</b> 8; BasicVSR++ has 16.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>
    /// Most that an offset departs from the deformation, as a fraction of the map's side. <b>Choice:</b> 10/64, the 10 pixels of
    /// BasicVSR++ on a map of 64.
    /// </summary>
    public double MaxResidual { get; init; } = 10.0 / 64;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MotionChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(HeadChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Groups, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxResidual);
    }
}
