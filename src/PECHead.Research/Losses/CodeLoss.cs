using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>mean (c − sg z)² + β·mean (sg c − z)²: codes come to their tokens, and tokens keep to their codes.</summary>
/// <remarks><b>Paper:</b> van den Oord et al., Neural Discrete Representation Learning, 2017, with the β of the codebook method.</remarks>
internal static class CodeLoss
{
    /// <summary>β.</summary>
    public const double Commitment = 0.25;

    /// <summary>Evaluates the term.</summary>
    /// <param name="tokens">z: [N, T, C].</param>
    /// <param name="codes">c: the code that is nearest to each, of the same shape.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Tensor tokens, Tensor codes)
    {
        TensorGuard.Shape(tokens, nameof(tokens), TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(codes, nameof(codes), tokens.shape);
        using var scope = NewDisposeScope();
        return ((codes - tokens.detach()).square().mean() + (Commitment * (codes.detach() - tokens).square().mean())).MoveToOuterDisposeScope();
    }
}
