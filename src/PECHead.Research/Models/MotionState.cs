using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>What a model takes from driving frames: the motion that the source is to make.</summary>
public abstract record MotionState : ITensorRecord
{
    /// <summary>Learned keypoints that the source is to take; null where the model has none.</summary>
    public abstract Keypoints? Keypoints { get; }

    /// <summary>The linear motion around each keypoint, [N, K, 2, 2], whose columns are Jacobians' or principal axes; null where points have none.</summary>
    public virtual Tensor? Axes => null;

    /// <summary>How near each keypoint is, [N, K], in half frames, larger is nearer; null for points in the plane.</summary>
    public virtual Tensor? Nearness => null;

    /// <summary>How many keypoints in a row belong together, such as those of one spline.</summary>
    public virtual int GroupSize => 1;

    /// <summary>How far the motion goes along each of M learned directions, [N, M]; null where the model has none.</summary>
    public virtual Tensor? AlongDirections => null;

    /// <inheritdoc/>
    public abstract IEnumerable<Tensor> Tensors { get; }
}

/// <summary>The motion of models that are told of a face.</summary>
/// <param name="Face">Landmarks, pose and expression that the source is to take.</param>
/// <param name="Learned">Learned keypoints; null where the model has none.</param>
public sealed record FaceMotion(FaceState Face, Keypoints? Learned) : MotionState
{
    /// <inheritdoc/>
    public override Keypoints? Keypoints => Learned;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Face.Tensors, .. Learned?.Tensors ?? []];
}

/// <summary>A motion of PECHead with what does not depend on the frames before: <see cref="TalkingHeadModel.Align"/>.</summary>
/// <param name="Motion">The motion.</param>
/// <param name="Branches">What each branch made of its points, global before local.</param>
/// <param name="Merged">Aligned features of all branches [N, C, h, w].</param>
/// <param name="Frame">Motion of the frame itself.</param>
public sealed record AlignedMotion(FaceMotion Motion, IReadOnlyList<BranchMotion> Branches, Tensor Merged, MotionField Frame) : MotionState
{
    /// <inheritdoc/>
    public override Keypoints? Keypoints => Motion.Learned;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Motion.Tensors, .. Branches.SelectMany(branch => branch.Tensors), Merged, .. Frame.Tensors];
}
