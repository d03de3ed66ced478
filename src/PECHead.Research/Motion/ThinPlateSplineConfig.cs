namespace PECHead.Research.Motion;

/// <summary>How far random bends of the plane depart from the identity.</summary>
public sealed record ThinPlateSplineConfig
{
    /// <summary>Standard deviation of the affine part's six numbers. <b>Paper:</b> First Order Motion Model: 0.05.</summary>
    public double AffineDeviation { get; init; } = 0.05;

    /// <summary>Standard deviation of the radial coefficients. <b>Paper:</b> First Order Motion Model: 0.005.</summary>
    public double CoefficientDeviation { get; init; } = 0.005;

    /// <summary>Control points along each side, at least 2. <b>Paper:</b> First Order Motion Model: 5.</summary>
    public int ControlPointsPerSide { get; init; } = 5;

    /// <summary>
    /// Whether radial terms grow with the Euclidean distance, U = r²·ln(r² + 10⁻⁹), as in Thin-Plate Spline Motion Model, instead of the sum
    /// of both absolute differences. <b>Paper:</b> First Order Motion Model: the latter.
    /// </summary>
    public bool Euclidean { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(AffineDeviation);
        ArgumentOutOfRangeException.ThrowIfNegative(CoefficientDeviation);
        ArgumentOutOfRangeException.ThrowIfLessThan(ControlPointsPerSide, 2);
    }
}
