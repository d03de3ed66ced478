using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>The Fréchet distance of two Gaussians, ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½).</summary>
/// <param name="Value">The (squared) distance, not negative.</param>
/// <param name="FirstRank">Directions in which the first set varies.</param>
/// <param name="SecondRank">Directions in which the second set varies.</param>
/// <param name="Dimensions">Directions in all.</param>
/// <remarks>
/// <b>Paper:</b> Dowson and Landau 1982; Heusel et al. 2017 for its use on features. (Σ₁Σ₂)^½ has the trace of
/// (LᵀΣ₂L)^½ for any L with L·Lᵀ = Σ₁, which is symmetric: eigen-decompositions in float64 give it, and no complex numbers appear.
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
    public static FrechetDistance Between(GaussianStatistics first, GaussianStatistics second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Dimensions != second.Dimensions)
            throw new ArgumentException($"Features of {first.Dimensions} and of {second.Dimensions} numbers have no distance.", nameof(second));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor x = first.Covariance(), y = second.Covariance();
        var (root, firstRank) = Root(x);
        var (_, secondRank) = Spectrum(y);
        var inner = root.transpose(0, 1).matmul(y).matmul(root);
        // A set that does not vary has rank 0, and an empty matrix no eigenvalues.
        double mixed = firstRank == 0 ? 0 : Spectrum((inner + inner.transpose(0, 1)) / 2).Values.sqrt().sum().ToDouble();
        double means = first.Mean.Zip(second.Mean, (a, b) => (a - b) * (a - b)).Sum();
        double traces = first.TotalVariance() + second.TotalVariance() - 2 * mixed;
        return new FrechetDistance(Math.Max(0, means + traces), firstRank, secondRank, first.Dimensions);
    }

    // L [D, rank] with L·Lᵀ = Σ. LᵀΣ₂L has the eigenvalues of Σ^½Σ₂Σ^½ that are not zero, and few of them where samples are few.
    private static (Tensor Root, int Rank) Root(Tensor covariance)
    {
        var (values, vectors) = linalg.eigh(covariance);
        var (spectrum, rank) = Truncate(values);
        // Eigenvalues rise: those that were kept come last.
        return ((vectors * spectrum.sqrt()).narrow(1, values.size(0) - rank, rank), rank);
    }

    private static (Tensor Values, int Rank) Spectrum(Tensor symmetric) => Truncate(linalg.eigh(symmetric).Item1);

    // A zero eigenvalue comes out as rounding, and its root would be far larger than rounding.
    private static (Tensor Values, int Rank) Truncate(Tensor values)
    {
        double floor = values.size(0) * Epsilon * Math.Max(0, values.max().ToDouble());
        var kept = values.gt(floor);
        return (where(kept, values, zeros_like(values)), (int)kept.sum().ToInt64());
    }
}
