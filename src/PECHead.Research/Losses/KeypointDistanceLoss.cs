using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>mean_{i≠j} 2·max(0, 1 − ‖k_i − k_j‖² / d²): keeps points a distance d apart.</summary>
/// <remarks>
/// <b>Paper:</b> Depth-Aware GAN and the codebook method name the term; their public code has mean (1 − sign(‖k_i − k_j‖ − d)), whose gradient is zero
/// everywhere. <b>Choice:</b> the hinge has the same value at no distance and from d on, and a gradient between them.
/// </remarks>
internal static class KeypointDistanceLoss
{
    /// <summary>d, normalised units.</summary>
    public const double Distance = 0.2;

    /// <summary>Evaluates the term.</summary>
    /// <param name="positions">K points, two or more, [N, K, 2].</param>
    /// <param name="bySign">Whether to count pairs by the sign, as in public code: a number without a gradient.</param>
    /// <returns>A scalar from 0 to 2.</returns>
    public static Tensor Evaluate(Tensor positions, bool bySign = false)
    {
        TensorGuard.Shape(positions, nameof(positions), TensorGuard.Some, TensorGuard.Some, 2);
        using var scope = NewDisposeScope();
        long count = positions.size(1);
        var squared = (positions.unsqueeze(2) - positions.unsqueeze(1)).square().sum(-1);        // [N, K, K]
        var near = bySign ? 1 - (squared.detach().sqrt() - Distance).sign() : 2 * (1 - (squared / (Distance * Distance))).relu();
        var pairs = 1 - eye(count, dtype: positions.dtype, device: positions.device);
        return ((near * pairs).sum([1, 2]).mean() / Math.Max(1, count * (count - 1))).MoveToOuterDisposeScope();
    }
}
