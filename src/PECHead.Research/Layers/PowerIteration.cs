using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Steps towards the largest singular value σ of a matrix W, and the vectors that belong to it.</summary>
/// <remarks>
/// <b>Paper:</b> Miyato et al. 2018, Algorithm 1. Sums and not matrix products, which mixed precision would narrow.
/// </remarks>
internal static class PowerIteration
{
    private const double Epsilon = 1e-12;

    /// <summary>v = Wᵀu at length 1.</summary>
    /// <param name="matrix">W [R, C].</param>
    /// <param name="left">u [R].</param>
    public static Tensor Right(Tensor matrix, Tensor left) => Unit((matrix * left.unsqueeze(1)).sum([0]));    // a bare 0 would be taken for a type

    /// <summary>u = Wv at length 1.</summary>
    /// <param name="matrix">W [R, C].</param>
    /// <param name="right">v [C].</param>
    public static Tensor Left(Tensor matrix, Tensor right) => Unit((matrix * right).sum([1]));

    /// <summary>σ = uᵀWv.</summary>
    /// <param name="left">u [R].</param>
    /// <param name="matrix">W [R, C].</param>
    /// <param name="right">v [C].</param>
    public static Tensor Sigma(Tensor left, Tensor matrix, Tensor right) => (left.unsqueeze(1) * matrix * right).sum();

    private static Tensor Unit(Tensor vector) => vector / vector.square().sum().sqrt().clamp_min(Epsilon);
}
