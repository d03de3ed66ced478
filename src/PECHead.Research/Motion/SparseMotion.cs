using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>One candidate deformation for the background and one for each point.</summary>
public static class SparseMotion
{
    /// <summary>T_0(z) = z for the background, T_k(z) = z − k_driving + k_source for the points.</summary>
    /// <param name="source">Points in the source frame.</param>
    /// <param name="driving">The same points in the driving frame.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <returns>[N, K+1, height, width, 2]: where in the source the motion of point k looks for each driving pixel.</returns>
    /// <remarks><b>Paper:</b> First Order Motion Model, Eq. 4, without the local affine part.</remarks>
    public static Tensor FromKeypoints(Keypoints source, Keypoints driving, long height, long width)
    {
        using var scope = NewDisposeScope();
        var shift = source.Positions - driving.Positions;                                // [N, K, 2]
        var background = zeros_like(shift.narrow(1, 0, 1));
        var grid = CoordinateGrid.CreateLike(height, width, shift);                      // [H, W, 2]
        var shifts = cat([background, shift], 1).unsqueeze(2).unsqueeze(2);              // [N, K+1, 1, 1, 2]
        return (grid + shifts).MoveToOuterDisposeScope();
    }
}
