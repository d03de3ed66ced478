using YamlDotNet.Serialization;

namespace PECHead.Research.Recipes;

/// <summary>How much a pair of frames is changed at random, both frames alike.</summary>
/// <remarks>
/// <b>Choice:</b> no change: in runs of minutes it costs steps and pays only later. First Order Motion Model's protocol flips half
/// of the pairs and scales brightness, contrast and saturation by 1 ± 0.1 each.
/// </remarks>
public sealed record FrameAugmentationConfig
{
    /// <summary>Probability of a horizontal flip.</summary>
    public double Flip { get; init; }

    /// <summary>Brightness is scaled by 1 ± this.</summary>
    public double Brightness { get; init; }

    /// <summary>Distance from the mean grey is scaled by 1 ± this.</summary>
    public double Contrast { get; init; }

    /// <summary>Distance from the pixel's own grey is scaled by 1 ± this.</summary>
    public double Saturation { get; init; }

    /// <summary>Whether frames stay as they are.</summary>
    [YamlIgnore]
    public bool IsNone => Flip == 0 && Brightness == 0 && Contrast == 0 && Saturation == 0;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of 0 to 1.</exception>
    public void Validate()
    {
        foreach (var value in (ReadOnlySpan<double>)[Flip, Brightness, Contrast, Saturation])
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
        }
    }
}
