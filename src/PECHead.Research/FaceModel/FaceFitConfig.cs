using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>How coefficients are fitted to points.</summary>
public sealed record FaceFitConfig
{
    /// <summary>Rounds of pose, then coefficients; at least 1.</summary>
    /// <remarks><b>Choice:</b> from the third round on angles move by less than a tenth of a degree.</remarks>
    public int Iterations { get; init; } = 4;

    /// <summary>Weight of Σ coefficient² against Σ distance² over all points, in cm²; positive.</summary>
    /// <remarks>
    /// <b>Choice:</b> ten times as much flattens blinks to two thirds, a third as much tells person and face apart less; see
    /// docs/face-model.md.
    /// </remarks>
    public double Ridge { get; init; } = 0.01;

    /// <summary>[3P, K]: least squares with the ridge, for a basis [K, 3P] in float64.</summary>
    internal Tensor Solver(Tensor basis)
    {
        using var scope = NewDisposeScope();
        var normal = matmul(basis, basis.transpose(0, 1)) + (eye(basis.size(0), dtype: ScalarType.Float64) * Ridge);
        return linalg.solve(normal, basis).transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }

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
