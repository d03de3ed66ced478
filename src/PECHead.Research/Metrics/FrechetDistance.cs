using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>The Fréchet distance of two Gaussians, ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½).</summary>
/// <param name="Value">The (squared) distance, not negative.</param>
/// <param name="FirstRank">Directions in which the first set varies.</param>
/// <param name="SecondRank">Directions in which the second set varies.</param>
/// <param name="Dimensions">Directions in all.</param>
/// <remarks>
/// <b>Paper:</b> Dowson and Landau 1982; Heusel et al. 2017 for its use on features. The trace of (Σ₁Σ₂)^½ is the sum of the
/// singular values of R₁R₂ᵀ, whatever the roots RᵢᵀRᵢ = Σᵢ, so no complex numbers appear. With few samples the deviations
/// themselves are such a root, and the matrices are small.
/// <b>Deviation:</b> where a covariance is singular, the literature's code adds 10⁻⁶ to both diagonals if its square root
/// fails. Here directions whose variance is below rounding (D·ε of the largest) count as constant, and
/// <see cref="IsSingular"/> says so: such a distance comes from fewer samples than dimensions and is biased upwards.
/// </remarks>
public readonly record struct FrechetDistance(double Value, int FirstRank, int SecondRank, int Dimensions)
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Whether a covariance was singular and was regularised.</summary>
    public bool IsSingular => Math.Min(FirstRank, SecondRank) < Dimensions;

    /// <summary>Computes the distance.</summary>
    /// <param name="first">Statistics of at least two samples.</param>
    /// <param name="second">Statistics of at least two samples and as many dimensions.</param>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    /// <exception cref="InvalidOperationException">Fewer than two samples.</exception>
    internal static FrechetDistance Between(GaussianStatistics first, GaussianStatistics second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Dimensions != second.Dimensions)
            throw new ArgumentException($"Features of {first.Dimensions} and of {second.Dimensions} numbers have no distance.", nameof(second));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (x, firstVariance, firstRank) = Root(first);
        var (y, secondVariance, secondRank) = Root(second);
        double means = first.Mean.Zip(second.Mean, (a, b) => (a - b) * (a - b)).Sum();
        double traces = firstVariance + secondVariance - 2 * linalg.svdvals(x.matmul(y.transpose(0, 1))).sum().ToDouble();
        return new FrechetDistance(Math.Max(0, means + traces), firstRank, secondRank, first.Dimensions);
    }

    /// <summary>A root [R, D] of a covariance, rootᵀ·root = Σ, the trace of Σ, and its rank.</summary>
    private static (Tensor Root, double Variance, int Rank) Root(GaussianStatistics statistics)
    {
        if (statistics.Count > 1 && statistics.ScaledDeviations() is { } deviations)
        {
            var rank = linalg.matrix_rank(deviations.matmul(deviations.transpose(0, 1)), hermitian: true);   // of variances, as below
            return (deviations, deviations.square().sum().ToDouble(), (int)rank.ToInt64());
        }
        var (values, vectors) = linalg.eigh(statistics.Covariance());
        // A zero eigenvalue comes out as rounding, and its root would be far larger than rounding.
        var kept = values.gt(values.size(0) * Epsilon * Math.Max(0, values.max().ToDouble()));
        return ((vectors * (values * kept).sqrt()).transpose(0, 1), values.sum().ToDouble(), (int)kept.sum().ToInt64());
    }
}
