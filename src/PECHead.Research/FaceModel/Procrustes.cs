using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>The similarity that brings one set of points as near as possible to another: min Σ w |s·R·x + t − y|².</summary>
/// <remarks>
/// <b>Paper:</b> Umeyama, Least-squares estimation of transformation parameters between two point patterns, 1991. The sign of
/// the smallest singular value is turned where the best orthogonal map would be a reflection.
/// </remarks>
internal static class Procrustes
{
    private const double LeastScale = 1e-9;

    /// <summary>Solves N problems; gives no gradient.</summary>
    /// <param name="from">[N, P, 3], or [P, 3] for all.</param>
    /// <param name="to">[N, P, 3].</param>
    /// <param name="weights">[P], not negative, at least three of them positive.</param>
    /// <returns>Float64 on the device of <paramref name="to"/>. Where all of <paramref name="to"/> is one point, no turn and a scale of 1e-9.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit, or points that are not finite.</exception>
    public static Similarity Align(Tensor from, Tensor to, Tensor weights)
    {
        TensorGuard.Shape(to, nameof(to), TensorGuard.Any, TensorGuard.Any, 3);
        TensorGuard.Shape(weights, nameof(weights), to.size(1));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var w = weights.to(ScalarType.Float64).to(to.device).unsqueeze(-1);
        w = w / w.sum();
        var y = to.to(ScalarType.Float64);
        var x = from.to(ScalarType.Float64).to(to.device).expand(to.size(0), to.size(1), 3);
        var (centreX, centreY) = ((x * w).sum(1, keepdim: true), (y * w).sum(1, keepdim: true));
        var (a, b) = (x - centreX, y - centreY);
        var covariance = matmul((b * w).transpose(1, 2), a);                                 // Σ w b aᵀ
        if (!double.IsFinite(covariance.sum().item<double>()))
            throw new ArgumentException("The points to align, or their weights, are not finite: do they hold NaN?", nameof(to));

        var (u, values, vt) = linalg.svd(covariance);
        var sign = ones_like(values);
        sign.select(1, 2).copy_(linalg.det(matmul(u, vt)).sign());
        var scale = (values * sign).sum(1) / (a.square() * w).sum(2).sum(1);
        var vanished = scale <= LeastScale;              // what is left is rounding: its turn means nothing
        var rotation = where(vanished.view(-1, 1, 1), eye(3, dtype: ScalarType.Float64, device: to.device), matmul(u * sign.unsqueeze(1), vt));
        scale = scale.clamp_min(LeastScale);
        var shift = centreY - (matmul(centreX, rotation.transpose(1, 2)) * scale.view(-1, 1, 1));
        return new Similarity(scale, rotation, shift.squeeze(1)).MoveToOuterDisposeScope();
    }
}
