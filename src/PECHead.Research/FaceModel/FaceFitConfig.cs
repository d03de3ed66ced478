using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>How coefficients are fitted to points.</summary>
public sealed record FaceFitConfig
{
    /// <summary>Rounds of pose, then coefficients; at least 1.</summary>
    /// <remarks><b>Choice:</b> from the third round on angles move by less than a tenth of a degree.</remarks>
    public int Iterations { get; init; } = 4;

    /// <summary>Weight of Σ α² against Σ distance² over all points, in cm²; positive.</summary>
    /// <remarks><b>Choice:</b> of both ridges, see docs/face-model.md: small enough for half a millimetre at the landmarks.</remarks>
    public double IdentityRidge { get; init; } = 0.1;

    /// <summary>Weight of Σ β², likewise. Above that of the identity, what either could explain is counted as the person.</summary>
    public double ExpressionRidge { get; init; } = 0.1;

    /// <summary>[3P, I + E]: least squares with the ridges, for a basis [I + E, 3P] in float64.</summary>
    internal Tensor Solver(Tensor basis, int identitySize)
    {
        using var scope = NewDisposeScope();
        double[] ridges = [.. Enumerable.Range(0, (int)basis.size(0)).Select(row => row < identitySize ? IdentityRidge : ExpressionRidge)];
        var normal = matmul(basis, basis.transpose(0, 1)) + (eye(ridges.Length, dtype: ScalarType.Float64) * tensor(ridges));
        return matmul(basis.transpose(0, 1), normal.inverse()).MoveToOuterDisposeScope();
    }

    /// <summary>Throws unless all values make sense.</summary>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public FaceFitConfig Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(IdentityRidge);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ExpressionRidge);
        return this;
    }
}
