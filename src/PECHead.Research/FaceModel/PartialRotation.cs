using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>A part of a rotation, or more than it, about the same axis.</summary>
internal static class PartialRotation
{
    private const double Straight = 1e-6;

    /// <summary>The rotation from one to another, as far as a share says: <paramref name="from"/> at 0, <paramref name="to"/> at 1.</summary>
    /// <param name="from">[N, 3, 3], orthonormal with determinant 1.</param>
    /// <param name="to">The same.</param>
    /// <param name="share">0 to 1, or beyond.</param>
    /// <returns>[N, 3, 3]. Half a turn between them has no axis, and is made whole.</returns>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public static Tensor Between(Tensor from, Tensor to, double share)
    {
        TensorGuard.Shape(from, nameof(from), TensorGuard.Any, 3, 3);
        TensorGuard.Shape(to, nameof(to), from.size(0), 3, 3);
        using var scope = NewDisposeScope();
        var turn = to.matmul(from.transpose(1, 2));
        var cosine = ((turn.diagonal(0, 1, 2).sum(1) - 1) / 2).clamp(-1, 1);
        var skew = (turn - turn.transpose(1, 2)) / 2;                                       // sin θ · K
        var sine = (skew.square().sum([1L, 2L]) / 2).sqrt();
        var angle = atan2(sine, cosine);
        Tensor Wide(Tensor values) => values.view(-1, 1, 1);
        // Rodrigues: exp(s·θ·K); where θ is about 0, sin(s·θ)/sin θ is s.
        var small = sine.lt(Straight);
        var divisor = where(small, ones_like(sine), sine);
        var first = where(small, full_like(sine, share), (angle * share).sin() / divisor);
        var second = where(small, full_like(sine, share * share / 2), (1 - (angle * share).cos()) / divisor.square());
        var part = eye(3, dtype: from.dtype, device: from.device) + (Wide(first) * skew) + (Wide(second) * skew.matmul(skew));
        var halfTurn = small.logical_and(cosine.lt(0)).view(-1, 1, 1);
        return where(halfTurn, to, part.matmul(from)).MoveToOuterDisposeScope();
    }
}
