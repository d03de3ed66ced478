namespace PECHead.Research.Flow;

/// <summary>Settings of <see cref="PyramidalLucasKanade"/>.</summary>
/// <remarks><b>Choice:</b> found on affine and thin-plate-spline warps of face photographs at 128 px (docs/flow.md).</remarks>
public sealed record PyramidalLucasKanadeConfig
{
    /// <summary>Smallest side of the coarsest level, pixels, at least 4.</summary>
    public int CoarsestSide { get; init; } = 12;

    /// <summary>Times the previous frame is warped anew at each level, at least 1.</summary>
    public int Warps { get; init; } = 6;

    /// <summary>Steps of the solver between two warps, at least 1.</summary>
    public int Steps { get; init; } = 15;

    /// <summary>Standard deviation of the window in which pixels share one motion, pixels.</summary>
    public double Window { get; init; } = 2;

    /// <summary>Standard deviation of the neighbourhood to which a motion is tied, pixels.</summary>
    public double Neighbourhood { get; init; } = 1.5;

    /// <summary>How strongly it is tied, relative to the squared gradients of images in [0, 1].</summary>
    public double Smoothness { get; init; } = 0.03;

    /// <summary>Brightness difference, in [0, 1], beyond which a pixel counts as an outlier.</summary>
    public double Outlier { get; init; } = 0.01;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(CoarsestSide, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(Warps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Window);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Neighbourhood);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Smoothness);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Outlier);
    }
}
