using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>The points of a frame's splines, five of each in turn.</summary>
/// <param name="Positions">[N, 5·K, 2], (x, y) in (-1, 1); the ends are the centres of the border pixels.</param>
internal sealed record SplineKeypoints(Tensor Positions) : MotionState
{
    /// <summary>How the background of the source moves, [N, 2, 3]; null: it stays.</summary>
    public Tensor? Background { get; init; }

    /// <inheritdoc/>
    public override Keypoints? Keypoints => new(Positions);

    /// <inheritdoc/>
    public override int GroupSize => SplineConfig.PointsPerSpline;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Positions, .. Background is null ? Array.Empty<Tensor>() : [Background]];

    /// <summary>The points that a source takes when it moves as the driving frame did since its first frame.</summary>
    /// <param name="source">Points of the source.</param>
    /// <param name="driving">Points of the present driving frame.</param>
    /// <param name="first">Points of the first driving frame.</param>
    /// <param name="scaled">Whether the movement is in units of the size of the face.</param>
    public static SplineKeypoints Relative(SplineKeypoints source, SplineKeypoints driving, SplineKeypoints first, bool scaled)
        => new(RelativeMovement.Of(source.Positions, driving.Positions, first.Positions, scaled));
}
