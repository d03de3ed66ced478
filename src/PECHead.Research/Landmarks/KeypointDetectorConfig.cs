namespace PECHead.Research.Landmarks;

/// <summary>Sizes of a <see cref="KeypointDetector"/>; the defaults are those for 256 px.</summary>
public sealed record KeypointDetectorConfig
{
    /// <summary>K, at least 1. <b>Paper:</b> PECHead, Sec. 4.1: K = 10.</summary>
    public int KeypointCount { get; init; } = 10;

    /// <summary>Channels of the hourglass' last step. <b>Paper:</b> First Order Motion Model: 32.</summary>
    public int Expansion { get; init; } = 32;

    /// <summary>Most channels in the hourglass. <b>Paper:</b> First Order Motion Model: 1024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings in the hourglass. <b>Paper:</b> First Order Motion Model: 5, on 64 px.</summary>
    public int HourglassDepth { get; init; } = 5;

    /// <summary>How many times smaller the detector sees the frame. <b>Paper:</b> First Order Motion Model: 4.</summary>
    public int Reduction { get; init; } = 4;

    /// <summary>Temperature of the softmax over a heatmap. <b>Paper:</b> First Order Motion Model: 0.1.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(KeypointCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Expansion, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChannels, Expansion);
        ArgumentOutOfRangeException.ThrowIfLessThan(HourglassDepth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Reduction, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Temperature);
    }
}
