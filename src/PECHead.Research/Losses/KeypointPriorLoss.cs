using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L = Σ_{i≠j} max(0, m − ‖k_i − k_j‖²) + |mean z − 0.33|, mean over the batch: keeps points in space apart, and at a depth.</summary>
/// <remarks><b>Paper:</b> face-vid2vid (Wang et al. 2021), Sec. 3.3 (keypoint prior loss), with m of <see cref="KeypointSpreadLoss.Margin"/>.</remarks>
internal static class KeypointPriorLoss
{
    private const double Depth = 0.33;

    /// <summary>Evaluates the term.</summary>
    /// <param name="positions">K points in space, [N, K, 3].</param>
    /// <param name="ownPairs">Whether each point is also compared with itself, as in public code: a constant K·m more.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Tensor positions, bool ownPairs = false)
    {
        TensorGuard.Shape(positions, nameof(positions), TensorGuard.Some, TensorGuard.Some, 3);
        using var scope = NewDisposeScope();
        var prior = KeypointSpreadLoss.Evaluate(positions) + (positions.select(2, 2).mean([1]) - Depth).abs().mean();
        return (ownPairs ? prior + (positions.size(1) * KeypointSpreadLoss.Margin) : prior).MoveToOuterDisposeScope();
    }
}
