using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>Where a face is in a frame: inside of the line along its jaw and its brows.</summary>
internal static class FaceMask
{
    private const int LandmarkCount = 68;

    // Of 68: the jaw from the left to the right of the frame, and the brows back.
    private static readonly long[] Outline = [.. Enumerable.Range(0, 17).Concat(Enumerable.Range(17, 10).Reverse()).Select(i => (long)i)];

    /// <summary>Draws masks: a pixel is inside where a line from it to the left crosses the outline an odd number of times.</summary>
    /// <param name="landmarks">The 68 landmarks of N faces.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <returns>[N, 1, height, width], 1 inside and 0 outside, without a gradient.</returns>
    public static Tensor Draw(Keypoints landmarks, long height, long width)
    {
        TensorGuard.Shape(landmarks.Positions, nameof(landmarks), TensorGuard.Any, LandmarkCount, 2);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var from = landmarks.Positions.index_select(1, tensor(Outline, device: landmarks.Positions.device));    // [N, P, 2]
        var to = from.roll(-1, 1);
        var grid = CoordinateGrid.CreateLike(height, width, from);                                   // [H, W, 2]
        var (x, y) = (grid.select(2, 0).select(0, 0), grid.select(2, 1).select(1, 0));
        Tensor Part(Tensor points, int axis) => points.narrow(2, axis, 1);                           // [N, P, 1]
        var (top, bottom) = (Part(from, 1), Part(to, 1));
        var meets = (top > y).not_equal(bottom > y);                                                 // [N, P, H]
        var at = Part(from, 0) + ((Part(to, 0) - Part(from, 0)) * (y - top) / (bottom - top));
        var left = meets.unsqueeze(3).logical_and(at.unsqueeze(3) < x);                               // [N, P, H, W]
        return left.sum(1, keepdim: true).remainder(2).to(from.dtype).MoveToOuterDisposeScope();
    }
}
