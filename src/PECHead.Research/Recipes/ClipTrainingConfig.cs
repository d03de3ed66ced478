namespace PECHead.Research.Recipes;

/// <summary>What clips are trained for, beyond what single frames are: the second stage of a training.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.3 names the landmarks of neighbouring frames, which do not agree, as the reason for propagation.
/// <b>Choice:</b> the rest. Recorded landmarks agree so well that a model has nothing to learn from its past.
/// </remarks>
public sealed record ClipTrainingConfig
{
    /// <summary>
    /// The faces of driving frames tremble, each frame on its own, by a multiple of what the reconstructor trembles on the clips of the store; every
    /// clip takes a multiple between 0 and this one. At least 0.
    /// </summary>
    public double Noise { get; init; }

    /// <summary>Share of the driving frames whose faces lie off four times as far, 0 to 1.</summary>
    public double Outliers { get; init; }

    /// <summary>Whether the source of a clip is one still frame, as it is when a portrait is animated, instead of adjacent frames of a video.</summary>
    public bool StillSource { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Noise);
        ArgumentOutOfRangeException.ThrowIfNegative(Outliers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Outliers, 1);
    }
}
