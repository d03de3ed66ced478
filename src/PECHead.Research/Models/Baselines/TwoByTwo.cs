using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Closed forms for matrices of two rows and columns, with gradients that stay finite.</summary>
internal static class TwoByTwo
{
    // A variance of a ten-thousandth of a unit squared is far below a pixel: a region of one point gets at least this much.
    private const double LeastVariance = 1e-8;
    private const double LeastDeterminant = 1e-12;

    /// <summary>The inverse.</summary>
    /// <param name="matrices">[..., 2, 2]. A determinant of nearly 0 counts as the smallest that is not.</param>
    public static Tensor Inverse(Tensor matrices)
    {
        using var scope = NewDisposeScope();
        var (a, b, c, d) = Entries(matrices);
        var determinant = (a * d) - (b * c);
        determinant = where(determinant.abs() < LeastDeterminant, full_like(determinant, LeastDeterminant), determinant);
        return (Matrix(d, -b, -c, a) / determinant.unsqueeze(-1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>The matrices times the sign that the first entry of others has: a basis of axes has no direction of its own.</summary>
    /// <param name="matrices">[..., 2, 2].</param>
    /// <param name="others">[..., 2, 2].</param>
    public static Tensor Directed(Tensor matrices, Tensor others)
    {
        using var scope = NewDisposeScope();
        var first = others.narrow(-2, 0, 1).narrow(-1, 0, 1).detach();
        return where(first < 0, -matrices, matrices).MoveToOuterDisposeScope();
    }

    /// <summary>Covariances that have an inverse: where one has none, a least variance is added to both axes.</summary>
    /// <param name="covariances">[..., 2, 2].</param>
    public static Tensor Steady(Tensor covariances)
    {
        using var scope = NewDisposeScope();
        var (a, b, c, d) = Entries(covariances.detach());
        var flat = ((a * d) - (b * c)) < LeastVariance * LeastVariance;
        var added = flat.to(covariances.dtype).unsqueeze(-1).unsqueeze(-1) * (LeastVariance * eye(2, dtype: covariances.dtype, device: covariances.device));
        return (covariances + added).MoveToOuterDisposeScope();
    }

    /// <summary>The singular value decomposition Σ = U·S·Uᵀ of covariances, the larger value first.</summary>
    /// <param name="covariances">Σ: symmetric, not negative, [..., 2, 2].</param>
    /// <returns>U [..., 2, 2], of determinant −1, and the roots of the singular values [..., 2].</returns>
    /// <remarks>
    /// <b>Choice:</b> the axes have the signs that LAPACK gives them, since published weights were trained with those. A closed form
    /// has finite gradients also where both values are equal; the axes are those of the frame then.
    /// </remarks>
    public static (Tensor Axes, Tensor Roots) Decompose(Tensor covariances)
    {
        using var scope = NewDisposeScope();
        var (a, b, _, c) = Entries(covariances);
        var (middle, half) = ((a + c) / 2, (a - c) / 2);
        var square = half.square() + b.square();
        var round = square < LeastVariance * LeastVariance;
        var radius = where(round, ones_like(square), square).sqrt();
        var cosine = where(round, ones_like(half), half / radius);                 // of twice the angle of the first axis
        var sine = where(round, zeros_like(b), b / radius);
        var wide = cosine >= 0;                                                    // the longer of the two legs is taken by the root
        var leg = ((1 + cosine.abs()) / 2).sqrt();
        var other = sine / (2 * leg);
        var (x, y) = (where(wide, leg, other), where(wide, other, leg));
        var forward = (b > 0).logical_and(a.square() + b.square() < (a * c) - b.square());
        var flip = where(forward == (x > 0), ones_like(x), -ones_like(x));
        (x, y) = (x * flip, y * flip);
        var largest = (middle + where(round, zeros_like(radius), radius)).clamp_min(LeastVariance);
        var smallest = (((a * c) - b.square()) / largest).clamp_min(LeastVariance * LeastVariance);
        return (Matrix(x, y, y, -x).MoveToOuterDisposeScope(), stack([largest, smallest], -1).sqrt().MoveToOuterDisposeScope());
    }

    private static (Tensor A, Tensor B, Tensor C, Tensor D) Entries(Tensor matrices)
    {
        var rows = matrices.unbind(-2);
        var (upper, lower) = (rows[0].unbind(-1), rows[1].unbind(-1));
        return (upper[0], upper[1], lower[0], lower[1]);
    }

    private static Tensor Matrix(Tensor a, Tensor b, Tensor c, Tensor d) => stack([stack([a, b], -1), stack([c, d], -1)], -2);
}
