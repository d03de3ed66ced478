namespace PECHead.Research.Landmarks;

/// <summary>Sizes of a <see cref="KeypointEstimator"/>; the defaults are those for 256 px.</summary>
public sealed record KeypointEstimatorConfig
{
    /// <summary>K, at least 1. <b>Paper:</b> PECHead, Sec. 4.1: K = 10.</summary>
    public int KeypointCount { get; init; } = 10;

    /// <summary>
    /// Channels at the estimator's full resolution; every halving doubles them. <b>Choice:</b> 32, the expansion of First
    /// Order Motion Model's detector.
    /// </summary>
    public int BaseChannels { get; init; } = 32;

    /// <summary>Down and up blocks. <b>Paper:</b> PECHead, Sec. 3.1: four and four.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>Values of the style that pose and expression are turned into. <b>Choice:</b> 256, as in PIRenderer.</summary>
    public int StyleSize { get; init; } = 256;

    /// <summary>Temperature of the softmax over a heatmap. <b>Choice:</b> 0.1, as in First Order Motion Model.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(KeypointCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BaseChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Blocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StyleSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Temperature);
    }
}
