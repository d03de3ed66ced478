using YamlDotNet.Serialization;

namespace PECHead.Research.Training;

/// <summary>How much a pair of frames is changed at random; both frames alike, but for the zoom.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model's protocol, whose numbers are the defaults; it does not zoom.</remarks>
public sealed record FrameAugmentationConfig
{
    /// <summary>Probability of a horizontal flip.</summary>
    public double Flip { get; init; } = 0.5;

    /// <summary>Brightness is scaled by 1 ± this.</summary>
    public double Brightness { get; init; } = 0.1;

    /// <summary>Distance from the mean grey is scaled by 1 ± this.</summary>
    public double Contrast { get; init; } = 0.1;

    /// <summary>Distance from the pixel's own grey is scaled by 1 ± this.</summary>
    public double Saturation { get; init; } = 0.1;

    /// <summary>
    /// Logarithm of the largest magnification, 0 for none. Source and driving frame are magnified each by a number of its own, all
    /// frames of a clip by the same: few videos show a head at many distances.
    /// </summary>
    public double Zoom { get; init; }

    /// <summary>Whether flips and colours stay as they are.</summary>
    [YamlIgnore]
    public bool IsNone => Flip == 0 && Brightness == 0 && Contrast == 0 && Saturation == 0;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of 0 to 1.</exception>
    public void Validate()
    {
        foreach (var value in (ReadOnlySpan<double>)[Flip, Brightness, Contrast, Saturation, Zoom])
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
        }
    }
}
