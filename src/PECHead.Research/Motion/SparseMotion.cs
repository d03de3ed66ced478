using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>One candidate deformation for the background and one for each point.</summary>
internal static class SparseMotion
{
    // Points that all lie in one place say nothing of turn and size: A is the identity then.
    private const double LeastSpread = 1e-6;

    /// <summary>T_0(z) = z for the background, T_k(z) = A (z − k_driving) + k_source for the points.</summary>
    /// <param name="source">Points in the source frame.</param>
    /// <param name="driving">The same points in the driving frame.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="kind">What A is: the identity, or the turn and scale that fit the driving points best to those of the source.</param>
    /// <returns>[N, K+1, height, width, 2]: where in the source the motion of point k looks for each driving pixel.</returns>
    /// <remarks>
    /// <b>Paper:</b> First Order Motion Model, Eq. 4; PECHead's points have no affine part. <b>Choice:</b> where a similarity is asked for, all
    /// points share the one of least squares (Umeyama 1991), without a gradient: a head that comes nearer is more than a sum of shifts, which tear it.
    /// </remarks>
    public static Tensor FromKeypoints(Keypoints source, Keypoints driving, long height, long width, ProposalKind kind = ProposalKind.Shift)
    {
        using var scope = NewDisposeScope();
        var grid = CoordinateGrid.CreateLike(height, width, source.Positions);             // [H, W, 2]
        var (from, to) = (PerPixel(driving.Positions), PerPixel(source.Positions));        // [N, K, 1, 1, 2]
        var moved = kind switch
        {
            ProposalKind.Shift => grid + (to - from),
            ProposalKind.Similarity => to + Turned(grid - from, driving.Positions.detach(), source.Positions.detach()),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such choice"),
        };
        var background = grid.expand(moved.size(0), 1, height, width, 2);
        return cat([background, moved], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The same as maps: T_k(z) = A_k z + b_k, without the background's.</summary>
    /// <param name="source">Points in the source frame.</param>
    /// <param name="driving">The same points in the driving frame.</param>
    /// <param name="kind">As for <see cref="FromKeypoints"/>.</param>
    /// <returns>(A_k | b_k): [N, K, 2, 3].</returns>
    public static Tensor Maps(Keypoints source, Keypoints driving, ProposalKind kind)
    {
        using var scope = NewDisposeScope();
        var (from, to) = (driving.Positions, source.Positions);                            // [N, K, 2]
        var linear = eye(2, dtype: from.dtype, device: from.device).expand(from.size(0), 1, 2, 2);
        if (kind == ProposalKind.Similarity)
        {
            var (a, b) = Turn(from.detach(), to.detach());
            linear = stack([stack([a, -b], -1), stack([b, a], -1)], -2).unsqueeze(1);      // [N, 1, 2, 2]
        }
        var shift = to.unsqueeze(-1) - (linear * from.unsqueeze(-2)).sum(-1, keepdim: true);
        return cat([linear.expand(-1, from.size(1), 2, 2), shift], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Warps every source by every motion that is proposed for it.</summary>
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

    private static Tensor PerPixel(Tensor positions) => positions.unsqueeze(2).unsqueeze(2);

    // Offsets [N, K, H, W, 2] turned and scaled as the points `from` [N, K, 2] are to become `to`.
    private static Tensor Turned(Tensor offsets, Tensor from, Tensor to)
    {
        Tensor PerFrame(Tensor value) => value.reshape(-1, 1, 1, 1);
        var turn = Turn(from, to);
        var (a, b) = (PerFrame(turn.A), PerFrame(turn.B));
        var (x, y) = (offsets.select(-1, 0), offsets.select(-1, 1));
        return stack([(a * x) - (b * y), (b * x) + (a * y)], -1);
    }

    // The turn and the change of size as the complex number a + ib, each [N].
    private static (Tensor A, Tensor B) Turn(Tensor from, Tensor to)
    {
        (from, to) = (from - from.mean([1], keepdim: true), to - to.mean([1], keepdim: true));
        var size = from.square().sum([1, 2]) + LeastSpread;
        return (((from * to).sum([1, 2]) + LeastSpread) / size, ((from.select(2, 0) * to.select(2, 1)) - (from.select(2, 1) * to.select(2, 0))).sum([1]) / size);
    }
}
