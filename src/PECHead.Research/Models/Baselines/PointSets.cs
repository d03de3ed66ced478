using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Comparisons of sets of points in the plane.</summary>
internal static class PointSets
{
    /// <summary>How large one set of points is beside another: the root of the ratio of the areas of their hulls.</summary>
    /// <param name="points">[N, K, 2].</param>
    /// <param name="others">[N, K, 2].</param>
    /// <returns>[N, 1, 1], without a gradient.</returns>
    public static Tensor RelativeSize(Tensor points, Tensor others)
    {
        var ratios = Roots(points).Zip(Roots(others), (one, other) => one / other).ToArray();
        return tensor(ratios, [ratios.Length, 1, 1], points.dtype, points.device);
    }

    private static double[] Roots(Tensor points)
    {
        using var local = points.detach().to(ScalarType.Float64).cpu().contiguous();
        return [.. local.data<double>().ToArray().Chunk(2 * (int)points.size(1)).Select(hull => Math.Sqrt(ConvexHull.Area(hull)))];
    }
}
