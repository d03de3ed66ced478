using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>mean |D(x, y) − (½ + z)| over the points of faces and over maps D: a depth that a face model knows at its points.</summary>
/// <remarks>
/// <b>Choice:</b> Depth-Aware GAN learns its depth before, from many videos without labels, which no small data set has. The points say how near each
/// part of a face is; what lies beside the face is not told.
/// </remarks>
internal static class DepthPointsLoss
{
    private const double Middle = 0.5;

    /// <summary>Evaluates the term.</summary>
    /// <param name="disparities">Maps of one or more sizes, [N, 1, h, w] in (0, 1), 1 near.</param>
    /// <param name="points">[N, P, 3]: (x, y) in [-1, 1]; z to the camera, half frames from the middle of the face.</param>
    /// <param name="scores">[N], above 0 where there is a face; frames without one do not count.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(IReadOnlyList<Tensor> disparities, Tensor points, Tensor scores)
    {
        TensorGuard.Shape(points, nameof(points), TensorGuard.Some, TensorGuard.Some, 3);
        TensorGuard.Shape(scores, nameof(scores), points.size(0));
        using var scope = NewDisposeScope();
        var places = points.narrow(2, 0, 2).clamp(-1, 1).unsqueeze(2);                            // [N, P, 1, 2]
        var wanted = (points.select(2, 2) + Middle).clamp(0, 1);                                 // [N, P]
        var faces = (scores > 0).to(points.dtype);
        Tensor Difference(Tensor map)
        {
            TensorGuard.Shape(map, nameof(disparities), points.size(0), 1, TensorGuard.Some, TensorGuard.Some);
            var seen = Warping.Sample(map.Widened(), places, alignCorners: true, GridSamplePaddingMode.Border).flatten(1);
            return ((seen - wanted).abs().mean([1]) * faces).sum() / faces.sum().clamp_min(1);
        }
        return (disparities.Select(Difference).Aggregate((sum, term) => sum + term) / disparities.Count).MoveToOuterDisposeScope();
    }
}
