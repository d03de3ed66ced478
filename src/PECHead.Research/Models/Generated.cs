using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>A generated frame with what led to it.</summary>
/// <param name="Image">Frames [N, 3, H, W], RGB in (0, 1).</param>
/// <param name="Motion">Motion of the frame itself, from driving pixels to source positions.</param>
/// <param name="Branches">What each branch made of its points, global before local.</param>
/// <param name="SourceKeypoints">Learned keypoints of the source; null where the model has none.</param>
/// <param name="DrivingKeypoints">Learned keypoints of the driving frame; null where the model has none.</param>
/// <param name="Context">What the next frame may need; null where nothing is propagated.</param>
public sealed record Generated(
    Tensor Image, MotionField Motion, IReadOnlyList<BranchMotion> Branches, Keypoints? SourceKeypoints, Keypoints? DrivingKeypoints,
    PropagationState? Context) : ITensorRecord
{
    /// <summary>
    /// The points that move the source, and where they go: of the first branch, or the learned keypoints of a model without branches; null where no points
    /// moved the source.
    /// </summary>
    public (Keypoints Source, Keypoints Driving)? MovingPoints => this switch
    {
        { Branches: [var first, ..] } => (first.SourcePoints, first.DrivingPoints),
        { SourceKeypoints: { } source, DrivingKeypoints: { } driving } => (source, driving),
        _ => null,
    };

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors =>
    [
        Image, .. Motion.Tensors, .. Branches.SelectMany(branch => branch.Tensors), .. SourceKeypoints?.Tensors ?? [], .. DrivingKeypoints?.Tensors ?? [],
        .. Context?.Tensors ?? [],
    ];
}
