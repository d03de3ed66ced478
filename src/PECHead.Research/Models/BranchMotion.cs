using PECHead.Research.Alignment;
using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>What one branch made of its points.</summary>
/// <param name="Name">Name of the point set.</param>
/// <param name="SourcePoints">Points in the source.</param>
/// <param name="DrivingPoints">The same points in the driving frame.</param>
/// <param name="Motion">w, o and f^m.</param>
/// <param name="Aligned">f^a of the branch.</param>
public sealed record BranchMotion(string Name, Keypoints SourcePoints, Keypoints DrivingPoints, MotionField Motion, AlignedFeatures Aligned) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [.. SourcePoints.Tensors, .. DrivingPoints.Tensors, .. Motion.Tensors, .. Aligned.Tensors];
}
