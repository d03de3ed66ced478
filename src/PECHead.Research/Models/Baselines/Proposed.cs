using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>A source moved by each of several proposals.</summary>
internal static class Proposed
{
    /// <summary>Warps every source by every proposal for it.</summary>
    /// <param name="source">[N, C, h, w].</param>
    /// <param name="proposals">[N, K, h, w, 2], (x, y) in [-1, 1].</param>
    /// <param name="alignCorners">See <see cref="Warping.Sample"/>.</param>
    /// <returns>[N, K, C, h, w].</returns>
    public static Tensor Warp(Tensor source, Tensor proposals, bool alignCorners)
    {
        using var scope = NewDisposeScope();
        long n = source.size(0), channels = source.size(1), height = source.size(2), width = source.size(3), count = proposals.size(1);
        var copies = source.unsqueeze(1).expand(n, count, channels, height, width).reshape(n * count, channels, height, width);
        return Warping.Sample(copies, proposals.flatten(0, 1), alignCorners).reshape(n, count, channels, height, width).MoveToOuterDisposeScope();
    }
}
