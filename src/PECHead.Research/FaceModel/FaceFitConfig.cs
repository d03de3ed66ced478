namespace PECHead.Research.FaceModel;

/// <summary>How coefficients are fitted to points.</summary>
public sealed record FaceFitConfig
{
    /// <summary>Rounds of pose, then coefficients; at least 1.</summary>
    /// <remarks><b>Choice:</b> from the third round on angles move by less than a tenth of a degree.</remarks>
    public int Iterations { get; init; } = 4;

    /// <summary>Weight of Σ coefficient² against Σ distance² over all points, in cm²; positive.</summary>
    /// <remarks><b>Choice:</b> the least error of the 68 landmarks on held-out frames, see docs/face-model.md.</remarks>
    public double Ridge { get; init; } = 1;

    /// <summary>Throws unless all values make sense.</summary>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public FaceFitConfig Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Ridge);
        return this;
    }
}
