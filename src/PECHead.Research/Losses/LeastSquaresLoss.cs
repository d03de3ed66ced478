using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L_D = mean [(1 − D(x))² + D(x̂)²] and L_G = mean (1 − D(x̂))².</summary>
/// <remarks><b>Paper:</b> Mao et al., Least Squares Generative Adversarial Networks, 2017, as First Order Motion Model uses it.</remarks>
internal static class LeastSquaresLoss
{
    /// <summary>L_G, what the generator minimises.</summary>
    /// <param name="generated">Judgements of generated frames [N, 1, h, w].</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor OfGenerator(Tensor generated)
    {
        using var scope = NewDisposeScope();
        return (1 - Widened(generated, nameof(generated))).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>L_D, what the discriminator minimises.</summary>
    /// <param name="real">Judgements of real frames [N, 1, h, w].</param>
    /// <param name="generated">Judgements of generated frames.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor OfDiscriminator(Tensor real, Tensor generated)
    {
        using var scope = NewDisposeScope();
        return ((1 - Widened(real, nameof(real))).square() + Widened(generated, nameof(generated)).square()).mean().MoveToOuterDisposeScope();
    }

    private static Tensor Widened(Tensor map, string name)
    {
        TensorGuard.Shape(map, name, TensorGuard.Some, 1, TensorGuard.Some, TensorGuard.Some);
        return map.Widened();
    }
}
