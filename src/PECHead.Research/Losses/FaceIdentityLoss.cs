using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>1 − cos(φ(x̂), φ(x)): the generated face must be the same person's for a network that tells people apart.</summary>
/// <remarks><b>Paper:</b> LivePortrait, Sec. 3.2, names the term. <b>Choice:</b> φ is <see cref="FaceDescriptor"/>, in the box of the driving landmarks.</remarks>
internal static class FaceIdentityLoss
{
    /// <summary>Evaluates the term.</summary>
    /// <param name="descriptor">φ.</param>
    /// <param name="generated">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="driving">Frames of the same shape; no gradient flows to them.</param>
    /// <param name="landmarks">Landmarks of the driving faces.</param>
    /// <returns>A scalar from 0 to 2.</returns>
    public static Tensor Evaluate(FaceDescriptor descriptor, Tensor generated, Tensor driving, Keypoints landmarks)
    {
        TensorGuard.Shape(generated, nameof(generated), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(driving, nameof(driving), generated.shape);
        TensorGuard.Shape(landmarks.Positions, nameof(landmarks), generated.size(0), TensorGuard.Some, 2);
        using var scope = NewDisposeScope();
        var faces = FaceBoxes.Around(landmarks, driving.size(3)).Select(box => new DetectedFace(box, 1, [])).ToList();
        Tensor wanted;
        using (no_grad())
            wanted = descriptor.Describe(driving.detach(), faces);
        return (1 - FaceDescriptor.Similarity(descriptor.Describe(generated, faces).to(generated.device), wanted.to(generated.device))).mean().MoveToOuterDisposeScope();
    }
}
