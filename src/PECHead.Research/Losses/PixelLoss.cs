using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L_p = mean |x̂ − x|.</summary>
/// <remarks><b>Paper:</b> PECHead, Eq. 5 names the term. <b>Choice:</b> its norm, the mean absolute difference.</remarks>
public static class PixelLoss
{
    /// <summary>Evaluates the term.</summary>
    /// <param name="generated">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="driving">Frames of the same shape.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Tensor generated, Tensor driving)
    {
        TensorGuard.Shape(generated, nameof(generated), TensorGuard.Some, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(driving, nameof(driving), generated.shape);
        using var scope = NewDisposeScope();
        return (generated - driving).abs().mean().MoveToOuterDisposeScope();
    }
}
