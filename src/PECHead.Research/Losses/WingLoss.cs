using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>mean wing(|a − b|) with wing(d) = w·ln(1 + d/ε) below w and d − w + w·ln(1 + w/ε) from w on: a loss of points that does not let small errors rest.</summary>
/// <remarks>
/// <b>Paper:</b> Feng et al., Wing Loss for Robust Facial Landmark Localisation, CVPR 2018, Eq. 5, with w = 10 and ε = 2 pixels. <b>Choice:</b> pixels of frames of
/// 256 px at every size.
/// </remarks>
internal static class WingLoss
{
    private const double Pixel = 2 / 256.0;

    /// <summary>w, normalised units.</summary>
    public const double Width = 10 * Pixel;

    /// <summary>ε, normalised units.</summary>
    public const double Curvature = 2 * Pixel;

    /// <summary>Evaluates the term.</summary>
    /// <param name="points">a: P points of N frames.</param>
    /// <param name="wanted">b: where they should be; no gradient flows to them.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Keypoints points, Keypoints wanted)
    {
        TensorGuard.Shape(points.Positions, nameof(points), TensorGuard.Some, TensorGuard.Some, 2);
        TensorGuard.Shape(wanted.Positions, nameof(wanted), points.Positions.shape);
        using var scope = NewDisposeScope();
        var distance = (points.Positions - wanted.Positions.detach()).abs();
        var near = Width * (1 + (distance / Curvature)).log();
        var far = distance - Width + (Width * Math.Log(1 + (Width / Curvature)));
        return where(distance < Width, near, far).mean().MoveToOuterDisposeScope();
    }
}
