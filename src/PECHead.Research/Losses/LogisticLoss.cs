using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L_D = mean log(1 + e^−D(x)) + mean log(1 + e^D(x̂)) and L_G = mean log(1 + e^−D(x̂)), which does not saturate.</summary>
/// <remarks><b>Paper:</b> Goodfellow et al., Generative Adversarial Nets, 2014, as StyleGAN2 and Latent Image Animator use it.</remarks>
internal static class LogisticLoss
{
    /// <summary>L_G, what the generator minimises.</summary>
    /// <param name="generated">A judgement of each generated frame, [N, 1].</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor OfGenerator(Tensor generated)
    {
        using var scope = NewDisposeScope();
        return nn.functional.softplus(-Checked(generated, nameof(generated))).mean().MoveToOuterDisposeScope();
    }

    /// <summary>L_D, what the discriminator minimises.</summary>
    /// <param name="real">A judgement of each real frame, [N, 1].</param>
    /// <param name="generated">A judgement of each generated frame.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor OfDiscriminator(Tensor real, Tensor generated)
    {
        using var scope = NewDisposeScope();
        var (one, other) = (Checked(real, nameof(real)), Checked(generated, nameof(generated)));
        return (nn.functional.softplus(-one).mean() + nn.functional.softplus(other).mean()).MoveToOuterDisposeScope();
    }

    private static Tensor Checked(Tensor judgements, string name)
    {
        TensorGuard.Shape(judgements, name, TensorGuard.Some, 1);
        return judgements.Widened();
    }
}
