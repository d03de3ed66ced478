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
    private static readonly OpeningPoints Mesh = new((159, 145, 33, 133), (386, 374, 362, 263), (13, 14, 61, 291));

    /// <summary>Reads it off a mesh.</summary>
    /// <param name="points">[468, 3], as <see cref="FaceMeshes.Points"/> has them for one frame.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    internal static FaceOpenness Of(Tensor points)
    {
        TensorGuard.Shape(points, nameof(points), FaceMesh.PointCount, 3);
        return Of(points, Mesh);
    }

    /// <summary>Reads it off any landmarks.</summary>
    /// <param name="points">[P, 2 or 3].</param>
    /// <param name="where">Which of them.</param>
    internal static FaceOpenness Of(Tensor points, OpeningPoints where)
    {
        using var scope = NewDisposeScope();
        var ratios = Ratios(points.to(ScalarType.Float64).unsqueeze(0), where).cpu().data<double>();
        return new FaceOpenness(ratios[0], ratios[1], ratios[2]);
    }

    /// <summary>The ratios of many meshes, differentiable.</summary>
    /// <param name="points">[N, 468, 3].</param>
    /// <returns>[N, 3]: left eye, right eye, lips.</returns>
    internal static Tensor Ratios(Tensor points) => Ratios(points, Mesh);

    private static Tensor Ratios(Tensor points, OpeningPoints where)
    {
        using var scope = NewDisposeScope();
        Tensor Distance(int from, int to) => linalg.vector_norm((points.select(1, from) - points.select(1, to)).narrow(1, 0, 2), 2, [1], keepdim: false);
        Tensor Ratio((int Upper, int Lower, int Left, int Right) part) => Distance(part.Upper, part.Lower) / (Distance(part.Left, part.Right) + Least);
        return stack([Ratio(where.LeftEye), Ratio(where.RightEye), Ratio(where.Lips)], 1).MoveToOuterDisposeScope();
    }
}

/// <summary>Which landmarks tell how far a face is open: of each part the middles above and below, and the corners.</summary>
/// <param name="LeftEye">Of the eye on the left of the picture.</param>
/// <param name="RightEye">Of the other one.</param>
/// <param name="Lips">Of the inner lips, and the corners of the mouth.</param>
internal sealed record OpeningPoints(
    (int Upper, int Lower, int Left, int Right) LeftEye, (int Upper, int Lower, int Left, int Right) RightEye, (int Upper, int Lower, int Left, int Right) Lips);
