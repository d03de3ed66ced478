using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L_k = Σ_{i≠j} max(0, m − ‖k_i − k_j‖²), over ordered pairs, mean over the batch: keeps points apart.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 5, after the keypoint prior of face-vid2vid (Wang et al. 2021), without its depth term.
/// The hinge on the squared distance has a gradient; the form with a sign, found in some public code, has none.
/// </remarks>
public static class KeypointSpreadLoss
{
    /// <summary>m in normalised units squared. <b>Paper:</b> face-vid2vid: 0.1.</summary>
    public const double Margin = 0.1;

    /// <summary>Evaluates the term.</summary>
    /// <param name="keypoints">K points a frame.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Keypoints keypoints)
    {
        TensorGuard.Shape(keypoints.Positions, nameof(keypoints), TensorGuard.Some, TensorGuard.Any, 2);
        return Evaluate(keypoints.Positions);
    }

    // [N, K, 2] or, in space, [N, K, 3].
    internal static Tensor Evaluate(Tensor positions)
    {
        using var scope = NewDisposeScope();
        var squared = (positions.unsqueeze(2) - positions.unsqueeze(1)).square().sum(-1);        // [N, K, K]
        var pairs = 1 - eye(positions.size(1), dtype: positions.dtype, device: positions.device);
        return ((Margin - squared).relu() * pairs).sum([1, 2]).mean().MoveToOuterDisposeScope();
    }
}
