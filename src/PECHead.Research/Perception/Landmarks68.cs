using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>The 68 landmarks of the iBUG scheme among the 468 points of the mesh.</summary>
/// <remarks>
/// 0–16 jaw, 17–26 brows, 27–35 nose, 36–47 eyes, 48–67 mouth. <b>Choice:</b> the table is mirror-symmetric on the canonical
/// face; the jaw follows the edge of the mesh, which lies nearer to the ear than the visible contour.
/// </remarks>
public static class Landmarks68
{
    /// <summary>Number of landmarks.</summary>
    public const int Count = 68;

    private static readonly int[] Table =
    [
        127, 234, 93, 132, 172, 136, 150, 176, 152, 400, 379, 365, 397, 361, 323, 454, 356,
        70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
        6, 197, 5, 4, 75, 97, 2, 326, 305,
        33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
        61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
        78, 82, 13, 312, 308, 317, 14, 87,
    ];

    /// <summary>Index in the mesh of every landmark.</summary>
    public static IReadOnlyList<int> MeshIndices => Table;

    /// <summary>Picks the landmarks of meshes; differentiable.</summary>
    /// <param name="points">[N, 468, D].</param>
    /// <returns>[N, 68, D].</returns>
    public static Tensor FromMesh(Tensor points)
    {
        TensorGuard.Shape(points, nameof(points), TensorGuard.Any, FaceMesh.PointCount, TensorGuard.Any);
        using var scope = NewDisposeScope();
        return points.index_select(1, tensor(Table.Select(index => (long)index).ToArray()).to(points.device)).MoveToOuterDisposeScope();
    }
}
