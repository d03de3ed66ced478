using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Positions in a volume: −1 and 1 are the centres of the border voxels.</summary>
internal static class VolumeGrid
{
    /// <summary>Every voxel's own position, in the type and on the device of another tensor.</summary>
    /// <returns>[depth, height, width, 3], (x, y, z).</returns>
    public static Tensor CreateLike(long depth, long height, long width, Tensor like)
    {
        using var scope = NewDisposeScope();
        Tensor Axis(long count) => linspace(-1, 1, count, like.dtype, like.device);
        var x = Axis(width).expand(depth, height, width);
        var y = Axis(height).reshape(-1, 1).expand(depth, height, width);
        var z = Axis(depth).reshape(-1, 1, 1).expand(depth, height, width);
        return stack([x, y, z], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Draws points as round bumps of height 1.</summary>
    /// <param name="points">[N, K, 3].</param>
    /// <param name="grid">[D, H, W, 3].</param>
    /// <param name="variance">In units squared.</param>
    /// <returns>[N, K, D, H, W].</returns>
    public static Tensor Bumps(Tensor points, Tensor grid, double variance)
    {
        using var scope = NewDisposeScope();
        var away = grid - points.reshape(points.size(0), points.size(1), 1, 1, 1, 3);
        return (away.square().sum([-1]) * (-0.5 / variance)).exp().MoveToOuterDisposeScope();
    }
}
