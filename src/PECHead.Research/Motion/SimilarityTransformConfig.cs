namespace PECHead.Research.Motion;

/// <summary>How far a random <see cref="SimilarityTransform"/> departs from the identity: standard deviations.</summary>
/// <remarks><b>Choice:</b> about what heads do in a video; First Order Motion Model's affine part deviates by 0.05 an entry.</remarks>
public sealed record SimilarityTransformConfig
{
    /// <summary>Of the angle, in radians.</summary>
    public double AngleDeviation { get; init; } = 0.1;

    /// <summary>Of the logarithm of the scale.</summary>
    public double LogScaleDeviation { get; init; } = 0.05;

    /// <summary>Of the shift along either axis, in half frames.</summary>
    public double ShiftDeviation { get; init; } = 0.1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative value.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(AngleDeviation);
        ArgumentOutOfRangeException.ThrowIfNegative(LogScaleDeviation);
        ArgumentOutOfRangeException.ThrowIfNegative(ShiftDeviation);
    }
}
