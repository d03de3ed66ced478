using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Symmetry of shapes over the points of <see cref="CanonicalFace"/>.</summary>
internal static class FaceMirror
{
    /// <summary>Shapes as in a mirror: x changes sign and left points change places with right ones.</summary>
    /// <param name="shapes">[N, 468, 3], x to the right.</param>
    public static Tensor Of(Tensor shapes)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(CanonicalFace.Mirror.Select(point => (long)point).ToArray());
        var flip = tensor(new[] { -1.0, 1, 1 }).to(shapes.dtype);
        return (shapes.index_select(1, rows) * flip).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Basis of the variance of shapes and their mirror images together. Its covariance is the sum of those of the
    /// symmetric and of the antisymmetric part, so each basis vector is one or the other.
    /// </summary>
    /// <param name="deviations">[M, 468, 3] float64, about zero.</param>
    /// <param name="count">How many basis vectors.</param>
    /// <returns>Basis [K, 468, 3], each vector as long as one standard deviation; mirror signs [K] of 1 and −1.</returns>
    public static (Tensor Basis, Tensor Signs) Basis(Tensor deviations, int count)
    {
        using var scope = NewDisposeScope();
        var mirrored = Of(deviations);
        var even = Part((deviations + mirrored) / 2);
        var odd = Part((deviations - mirrored) / 2);
        var variances = cat([even.Variances, odd.Variances]);
        var directions = cat([even.Directions, odd.Directions], 0);
        var signs = cat([ones_like(even.Variances), -ones_like(odd.Variances)]);
        var (largest, order) = variances.topk(count);
        var length = largest.sqrt().unsqueeze(1);
        return (
            (directions.index_select(0, order) * length).view(count, -1, 3).MoveToOuterDisposeScope(),
            signs.index_select(0, order).MoveToOuterDisposeScope());

        PrincipalComponents Part(Tensor part) => PrincipalComponents.Of(part.flatten(1), (int)Math.Min(count, part.size(0)));
    }
}
