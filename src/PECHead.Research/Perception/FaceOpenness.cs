using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>How far eyes and lips are open: the distance of the lids, or of the inner lips, in widths of the eye or mouth.</summary>
/// <param name="LeftEye">The eye on the left of the picture; about 0.3 where it is open.</param>
/// <param name="RightEye">The other one.</param>
/// <param name="Lips">0 where they are closed.</param>
/// <remarks>
/// <b>Paper:</b> LivePortrait, Sec. 3.3, whose ratios these are. <b>Choice:</b> they are read off the points of the mesh that stand where those of the authors'
/// landmarks do: corners, and the middles of lids and inner lips.
/// </remarks>
public readonly record struct FaceOpenness(double LeftEye, double RightEye, double Lips)
{
    private const double Least = 1e-6;

    /// <summary>Reads it off a mesh.</summary>
    /// <param name="points">[468, 3], as <see cref="FaceMeshes.Points"/> has them for one frame.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    internal static FaceOpenness Of(Tensor points)
    {
        TensorGuard.Shape(points, nameof(points), FaceMesh.PointCount, 3);
        return Of(points, new((159, 145, 33, 133), (386, 374, 362, 263), (13, 14, 61, 291)));
    }

    /// <summary>Reads it off any landmarks.</summary>
    /// <param name="points">[P, 2 or 3].</param>
    /// <param name="where">Which of them.</param>
    internal static FaceOpenness Of(Tensor points, OpeningPoints where)
    {
        using var scope = NewDisposeScope();
        var places = points.narrow(1, 0, 2).to(ScalarType.Float64);
        double Distance(int from, int to) => (places[from] - places[to]).square().sum().sqrt().cpu().item<double>();
        double Ratio((int Upper, int Lower, int Left, int Right) part) => Distance(part.Upper, part.Lower) / (Distance(part.Left, part.Right) + Least);
        return new FaceOpenness(Ratio(where.LeftEye), Ratio(where.RightEye), Ratio(where.Lips));
    }
}

/// <summary>Which landmarks tell how far a face is open: of each part the middles above and below, and the corners.</summary>
/// <param name="LeftEye">Of the eye on the left of the picture.</param>
/// <param name="RightEye">Of the other one.</param>
/// <param name="Lips">Of the inner lips, and the corners of the mouth.</param>
internal sealed record OpeningPoints(
    (int Upper, int Lower, int Left, int Right) LeftEye, (int Upper, int Lower, int Left, int Right) RightEye, (int Upper, int Lower, int Left, int Right) Lips);
