using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>What a face reconstructor says of a frame, in the terms of the generator: (l, p, e) = R(x).</summary>
/// <param name="Landmarks">l: [N, L, 2], (x, y) in [-1, 1]; for a driving frame those of the source's face in its pose.</param>
/// <param name="Pose">p: [N, P], where the head is and how it is turned, in the reconstructor's units.</param>
/// <param name="Expression">e: [N, E], in the reconstructor's units.</param>
/// <remarks><b>Paper:</b> PECHead, Eq. 1.</remarks>
public sealed record FaceState(Keypoints Landmarks, Tensor Pose, Tensor Expression) : ITensorRecord
{
    /// <summary>Number of frames.</summary>
    public long Count => Pose.size(0);

    // Heads in a video turn and move by about a tenth of a radian and of half a frame; expressions deviate by about one.
    private const double PoseUnit = 0.1;

    /// <summary>What conditions the keypoint estimator: pose and expression, [N, P + E], both of about unit deviation.</summary>
    public Tensor Condition()
    {
        TensorGuard.Shape(Pose, nameof(Pose), TensorGuard.Any, TensorGuard.Any);
        TensorGuard.Shape(Expression, nameof(Expression), Pose.size(0), TensorGuard.Any);
        return cat([Pose / PoseUnit, Expression], 1);
    }

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [.. Landmarks.Tensors, Pose, Expression];
}
