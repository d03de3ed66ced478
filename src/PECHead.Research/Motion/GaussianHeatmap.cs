using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>Draws points as round bumps of height 1.</summary>
internal static class GaussianHeatmap
{
    /// <summary>H_k(z) = exp(−‖z − k‖² / (2·variance)).</summary>
    /// <param name="keypoints">K points a frame.</param>
    /// <param name="height">Rows of a map.</param>
    /// <param name="width">Columns of a map.</param>
    /// <param name="variance">In normalised units squared, positive.</param>
    /// <returns>Maps [N, K, height, width], in (0, 1].</returns>
    /// <remarks>
    /// <b>Paper:</b> First Order Motion Model, Eq. 6. The bump is the product of one profile along x and one along y,
    /// so the exponential is taken of H + W numbers instead of H·W.
    /// </remarks>
    public static Tensor Render(Keypoints keypoints, long height, long width, double variance)
    {
        using var scope = NewDisposeScope();
        var positions = keypoints.Positions;
        var across = Profile(positions.select(-1, 0), width, variance).unsqueeze(2);     // [N, K, 1, W]
        var down = Profile(positions.select(-1, 1), height, variance).unsqueeze(3);      // [N, K, H, 1]
        return (across * down).MoveToOuterDisposeScope();
    }

    /// <summary>What moved, as the difference of the bumps; the background, in front, has none.</summary>
    /// <param name="source">Points in the source frame.</param>
    /// <param name="driving">The same points in the driving frame.</param>
    /// <param name="height">Rows of a map.</param>
    /// <param name="width">Columns of a map.</param>
    /// <param name="variance">As for <see cref="Render"/>.</param>
    /// <returns>Maps [N, K+1, height, width].</returns>
    /// <remarks><b>Paper:</b> First Order Motion Model, Eq. 6.</remarks>
    public static Tensor Difference(Keypoints source, Keypoints driving, long height, long width, double variance)
    {
        using var scope = NewDisposeScope();
        var difference = Render(driving, height, width, variance) - Render(source, height, width, variance);
        return cat([zeros_like(difference.narrow(1, 0, 1)), difference], 1).MoveToOuterDisposeScope();
    }

    private static Tensor Profile(Tensor centres, long length, double variance)
    {
        var axis = linspace(-1, 1, length, centres.dtype, centres.device);
        return ((axis - centres.unsqueeze(-1)).square() * (-0.5 / variance)).exp();      // [N, K, length]
    }
}
