using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>How a source takes on the motion of a driving face.</summary>
/// <remarks>
/// <b>Paper:</b> LivePortrait, Sec. 3.4. What a region does not name stays the source's. Points of the sets are numbers of the implicit keypoints
/// of the authors' weights.
/// </remarks>
internal static class MotionRules
{
    private static readonly int[] EyePoints = [11, 13, 15, 16, 18];
    private static readonly int[] LipPoints = [6, 12, 14, 17, 19, 20];

    // What an absolute motion copies of δ: of some points all, of others single axes; the rest is the shape of the face.
    private static readonly int[] WholePoints = [1, 2, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
    private static readonly (int Point, int Axis)[] SingleAxes = [(3, 1), (4, 1), (5, 2), (8, 2), (9, 1), (9, 2)];

    /// <summary>What the driving face has changed since its first frame, on the source.</summary>
    /// <param name="region">What follows.</param>
    /// <param name="source">The source.</param>
    /// <param name="driving">The present driving frame.</param>
    /// <param name="first">The first driving frame.</param>
    public static ImplicitMotion Relative(MotionRegion region, ImplicitMotion source, ImplicitMotion driving, ImplicitMotion first)
    {
        using var scope = NewDisposeScope();
        var moved = source;
        if (region is MotionRegion.All or MotionRegion.Pose)
        {
            moved = moved with
            {
                Rotation = FullPrecision.Product(Turned(driving, first), source.Rotation),
                Translation = source.Translation + driving.Translation - first.Translation,
            };
        }
        if (region == MotionRegion.All) moved = moved with { Scale = source.Scale * driving.Scale / first.Scale };
        return Expressed(region, moved, source.Expression + driving.Expression - first.Expression, partly: false).Aliased().MoveToOuterDisposeScope();
    }

    /// <summary>The pose and expression of the driving face as they are, in the scale and the shape of the source.</summary>
    /// <param name="region">What follows.</param>
    /// <param name="source">The source.</param>
    /// <param name="driving">The driving frame.</param>
    public static ImplicitMotion Absolute(MotionRegion region, ImplicitMotion source, ImplicitMotion driving)
    {
        using var scope = NewDisposeScope();
        var moved = source;
        if (region is MotionRegion.All or MotionRegion.Pose) moved = moved with { Rotation = driving.Rotation, Translation = driving.Translation };
        return Expressed(region, moved, driving.Expression, partly: true).Aliased().MoveToOuterDisposeScope();
    }

    /// <summary>The expression of a driving frame, as far as it is from a neutral one; its pose says nothing of a movement.</summary>
    /// <param name="region">What follows.</param>
    /// <param name="source">The source.</param>
    /// <param name="driving">The driving frame.</param>
    public static ImplicitMotion FromNeutral(MotionRegion region, ImplicitMotion source, ImplicitMotion driving)
    {
        using var scope = NewDisposeScope();
        var expression = source.Expression + driving.Expression;
        if (region != MotionRegion.Eyes) expression = expression - NeutralExpression.Like(expression);
        return Expressed(region, source, expression, partly: false).Aliased().MoveToOuterDisposeScope();
    }

    /// <summary>The motion of a source video that takes on a driving video, smoothed over time.</summary>
    /// <param name="region">What follows.</param>
    /// <param name="source">The source, frame by frame.</param>
    /// <param name="driving">The driving video, as many frames.</param>
    /// <param name="first">The reference frame; null: the motion is taken as it is.</param>
    /// <param name="variance">Of the observations, see <see cref="MotionSmoother"/>.</param>
    public static IReadOnlyList<ImplicitMotion> OfVideo(
        MotionRegion region, IReadOnlyList<ImplicitMotion> source, IReadOnlyList<ImplicitMotion> driving, ImplicitMotion? first, double variance)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(driving.Count, source.Count, nameof(driving));
        using var scope = NewDisposeScope();
        var pairs = source.Zip(driving).ToList();
        var turns = region is MotionRegion.All or MotionRegion.Pose;
        var rotations = !turns ? null : MotionSmoother.Smooth(stack(pairs.Select(pair => first is null ? pair.Second.Rotation : FullPrecision.Product(Turned(pair.Second, first), pair.First.Rotation)), 0), variance);
        var expressions = MotionSmoother.Smooth(
            stack(pairs.Select(pair => first is null ? pair.Second.Expression : pair.First.Expression + pair.Second.Expression - first.Expression), 0), variance);
        return [.. pairs.Select((pair, i) => Expressed(region, pair.First with
        {
            Rotation = rotations?[i] ?? pair.First.Rotation,
            Translation = turns && first is null ? pair.Second.Translation : pair.First.Translation,
        }, expressions[i], partly: true).Aliased().MoveToOuterDisposeScope())];
    }

    /// <summary>Points that move further, or less far, from the source than they did.</summary>
    /// <param name="source">Points of the source, [N, K, 3].</param>
    /// <param name="moved">Points in motion.</param>
    /// <param name="multiplier">1 leaves them.</param>
    public static Tensor Multiplied(Tensor source, Tensor moved, double multiplier)
    {
        using var scope = NewDisposeScope();
        return (source + ((moved - source) * multiplier)).MoveToOuterDisposeScope();
    }

    /// <summary>How much larger one face is than another: the root of the ratio of the volumes of their hulls.</summary>
    /// <param name="source">Points [N, K, 3].</param>
    /// <param name="other">Points of as many faces.</param>
    /// <returns>[N, 1, 1].</returns>
    public static Tensor SizeRatio(Tensor source, Tensor other) => RelativeMovement.Ratio(RelativeMovement.Sizes(source), RelativeMovement.Sizes(other), source);

    private static Tensor Turned(ImplicitMotion driving, ImplicitMotion first) => FullPrecision.Product(driving.Rotation, first.Rotation.transpose(1, 2));

    private static ImplicitMotion Expressed(MotionRegion region, ImplicitMotion moved, Tensor expression, bool partly) => region switch
    {
        MotionRegion.Pose => moved,
        MotionRegion.Eyes => moved with { Expression = where(Points(EyePoints, expression), expression, moved.Expression) },
        MotionRegion.Lips => moved with { Expression = where(Points(LipPoints, expression), expression, moved.Expression) },
        _ when partly => moved with { Expression = where(Partial(expression), expression, moved.Expression) },
        _ => moved with { Expression = expression },
    };

    private static Tensor Points(int[] points, Tensor like) => Mask((point, _) => points.Contains(point), like);

    private static Tensor Partial(Tensor like) => Mask((point, axis) => WholePoints.Contains(point) || SingleAxes.Contains((point, axis)), like);

    private static Tensor Mask(Func<int, int, bool> chosen, Tensor like)
    {
        const int Count = LivePortraitConfig.KeypointCount;
        bool[] mask = [.. Enumerable.Range(0, 3 * Count).Select(i => chosen(i / 3, i % 3))];
        return tensor(mask, [1, Count, 3], device: like.device);
    }
}
