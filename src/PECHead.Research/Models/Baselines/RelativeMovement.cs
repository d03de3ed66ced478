using PECHead.Research.Landmarks;
using PECHead.Research.Models.Baselines.FreeView;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>How a source's points move with those of a driving video, in units of the size of either face.</summary>
internal static class RelativeMovement
{
    /// <summary>The points that a source takes when they move as those of the driving frame did since its first frame.</summary>
    /// <param name="source">Points of the source [N, K, 2] or [N, K, 3].</param>
    /// <param name="driving">Points of the present driving frame.</param>
    /// <param name="first">Points of the first driving frame.</param>
    /// <param name="scaled">Whether the movement is in units of the size of the face.</param>
    /// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.4; the scale is that of the authors' demo.</remarks>
    public static Tensor Of(Tensor source, Tensor driving, Tensor first, bool scaled)
    {
        using var scope = NewDisposeScope();
        var moved = driving - first;
        if (scaled) moved = Ratio(Sizes(source), Sizes(first), moved) * moved;
        return (source + moved).MoveToOuterDisposeScope();
    }

    /// <summary>How large each set of points is: the root of the area of its hull in the plane, or of the volume in space.</summary>
    /// <param name="points">[N, K, 2] or [N, K, 3].</param>
    /// <returns>N numbers, none of them 0.</returns>
    public static double[] Sizes(Tensor points)
    {
        using var scope = NewDisposeScope();
        var local = points.detach().to(ScalarType.Float64).cpu().contiguous();
        var dimensions = (int)points.size(2);
        return [.. local.data<double>().ToArray().Chunk(dimensions * (int)points.size(1))
            .Select(hull => Math.Sqrt(dimensions == 2 ? ConvexHull.Area(hull) : SpatialHull.Volume(hull)))];
    }

    /// <summary>How large some faces are beside others.</summary>
    /// <param name="sizes">N sizes.</param>
    /// <param name="others">N sizes.</param>
    /// <param name="like">Type and device of the result.</param>
    /// <returns>[N, 1, 1], without a gradient.</returns>
    public static Tensor Ratio(double[] sizes, double[] others, Tensor like)
        => tensor([.. sizes.Zip(others, (one, other) => one / other)], [sizes.Length, 1, 1], like.dtype, like.device);
}
