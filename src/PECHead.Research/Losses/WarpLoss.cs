using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>L_w = mean over the deformations w of mean |W(x^s, w) − x^d|: the warp alone should already come close.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 5 and Sec. 3.4: the warped source frame is to be close to the driving frame.
/// <b>Choice:</b> the deformation is interpolated to the size of the frame, and beyond its border the frame goes on as it
/// ends, so that the head may leave it; the two deformations of the larger settings
/// count one half each.
/// </remarks>
public static class WarpLoss
{
    /// <summary>Evaluates the term.</summary>
    /// <param name="source">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="driving">Frames of the same shape.</param>
    /// <param name="deformations">One or more deformations [N, h, w, 2].</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Tensor source, Tensor driving, params IReadOnlyList<Tensor> deformations)
    {
        ArgumentOutOfRangeException.ThrowIfZero(deformations.Count, nameof(deformations));
        TensorGuard.Shape(source, nameof(source), TensorGuard.Some, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(driving, nameof(driving), source.shape);
        foreach (var deformation in deformations)
            TensorGuard.Shape(deformation, nameof(deformations), source.size(0), TensorGuard.Some, TensorGuard.Some, 2);
        using var scope = NewDisposeScope();
        var terms = deformations.Select(deformation => Difference(source, driving, deformation)).ToList();
        return (terms.Aggregate((sum, term) => sum + term) / terms.Count).MoveToOuterDisposeScope();
    }

    private static Tensor Difference(Tensor source, Tensor driving, Tensor deformation)
    {
        var full = Warping.ResizeDeformation(deformation, source.size(2), source.size(3));
        return (Warping.Sample(source, full, alignCorners: true, GridSamplePaddingMode.Border) - driving).abs().mean();
    }
}
