using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L_e = mean |k − T(k_T)|: points found in a bent frame must be the bent points.</summary>
/// <remarks><b>Paper:</b> PECHead, Eq. 5; First Order Motion Model, Sec. 3.1, values only.</remarks>
public static class EquivarianceLoss
{
    /// <summary>Evaluates the term.</summary>
    /// <param name="keypoints">k: points of the frame x.</param>
    /// <param name="ofTransformed">k_T: points of the frame x_T(z) = x(T(z)): what lies at z there lies at T(z) in x.</param>
    /// <param name="transform">T.</param>
    /// <returns>A scalar, not negative, in normalised units.</returns>
    public static Tensor Evaluate(Keypoints keypoints, Keypoints ofTransformed, IPlaneTransform transform)
    {
        TensorGuard.Shape(keypoints.Positions, nameof(keypoints), TensorGuard.Some, TensorGuard.Some, 2);
        TensorGuard.Shape(ofTransformed.Positions, nameof(ofTransformed), keypoints.Positions.shape);
        ArgumentNullException.ThrowIfNull(transform);
        using var scope = NewDisposeScope();
        return (keypoints.Positions - transform.Apply(ofTransformed).Positions).abs().mean().MoveToOuterDisposeScope();
    }
}
