using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>K keypoints of a frame in space.</summary>
/// <param name="Positions">[N, K, 3], (x, y, z) in [-1, 1] about the head; the ends are the centres of the border voxels.</param>
internal sealed record SpatialKeypoints(Tensor Positions) : MotionState
{
    /// <inheritdoc/>
    public override Keypoints? Keypoints => new(Positions.narrow(2, 0, 2));

    /// <inheritdoc/>
    public override Tensor? Nearness => -Positions.select(2, 2);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Positions];

    /// <summary>The points that a source takes when it moves as the driving frame did since its first frame.</summary>
    /// <param name="source">Points of the source.</param>
    /// <param name="driving">Points of the present driving frame.</param>
    /// <param name="first">Points of the first driving frame.</param>
    /// <param name="scaled">Whether the movement is in units of the size of the head: the root of the volume of the hull.</param>
    public static SpatialKeypoints Relative(SpatialKeypoints source, SpatialKeypoints driving, SpatialKeypoints first, bool scaled)
        => new(RelativeMovement.Of(source.Positions, driving.Positions, first.Positions, scaled));
}
