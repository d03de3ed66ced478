using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>The similarity that brings one set of points as near as possible to another: min Σ w |s·R·x + t − y|².</summary>
/// <remarks>
/// <b>Paper:</b> Horn, Closed-form solution of absolute orientation using unit quaternions, 1987. R is the quaternion of the
/// largest eigenvalue of a 4 × 4 matrix: always a rotation, never a reflection, so that no sign has to be repaired as with
/// Kabsch's decomposition.
/// </remarks>
internal static class Procrustes
{
    private const double LeastScale = 1e-9;

    private static ReadOnlySpan<double> NoTurn => [1, 0, 0, 0, 1, 0, 0, 0, 1];

    /// <summary>Solves N problems; gives no gradient.</summary>
    /// <param name="from">[N, P, 3], or [P, 3] for all.</param>
    /// <param name="to">[N, P, 3].</param>
    /// <param name="weights">[P], not negative, at least three of them positive.</param>
    /// <returns>Float64 on the CPU. Where all of <paramref name="to"/> is one point, no turn and a scale of 1e-9.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Similarity Align(Tensor from, Tensor to, Tensor weights)
    {
        TensorGuard.Shape(to, nameof(to), TensorGuard.Any, TensorGuard.Any, 3);
        TensorGuard.Shape(weights, nameof(weights), to.size(1));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        long count = to.size(0);
        var w = weights.to(ScalarType.Float64).cpu().unsqueeze(-1);
        w = w / w.sum();
        var y = to.to(ScalarType.Float64).cpu();
        var x = from.to(ScalarType.Float64).cpu().expand(count, to.size(1), 3);
        var (centreX, centreY) = ((x * w).sum(1, keepdim: true), (y * w).sum(1, keepdim: true));
        var (a, b) = (x - centreX, y - centreY);
        double[] covariance = Values(matmul((a * w).transpose(1, 2), b));
        double[] spread = Values((a.square() * w).sum(2).sum(1));

        var (rotation, scale) = (new double[9 * count], new double[count]);
        for (int n = 0; n < count; n++)
        {
            var turned = rotation.AsSpan(9 * n, 9);
            scale[n] = Turn(covariance.AsSpan(9 * n, 9), turned) / spread[n];
            if (scale[n] > LeastScale)
                continue;
            scale[n] = LeastScale;          // what is left is rounding: its turn means nothing
            NoTurn.CopyTo(turned);
        }
        var turn = tensor(rotation, [count, 3, 3]);
        var size = tensor(scale);
        var shift = centreY - (matmul(centreX, turn.transpose(1, 2)) * size.view(-1, 1, 1));
        return new Similarity(size, turn, shift.squeeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the best rotation and returns Σ w b·Ra, from S = Σ w a bᵀ.</summary>
    private static double Turn(ReadOnlySpan<double> s, Span<double> rotation)
    {
        double[,] quaternions =
        {
            { s[0] + s[4] + s[8], s[5] - s[7], s[6] - s[2], s[1] - s[3] },
            { 0, s[0] - s[4] - s[8], s[1] + s[3], s[6] + s[2] },
            { 0, 0, s[4] - s[0] - s[8], s[5] + s[7] },
            { 0, 0, 0, s[8] - s[0] - s[4] },
        };
        var (values, vectors) = SymmetricEigen.Decompose(quaternions);
        var (w, x, y, z) = (vectors[0, 0], vectors[1, 0], vectors[2, 0], vectors[3, 0]);
        ReadOnlySpan<double> turn =
        [
            1 - (2 * ((y * y) + (z * z))), 2 * ((x * y) - (z * w)), 2 * ((x * z) + (y * w)),
            2 * ((x * y) + (z * w)), 1 - (2 * ((x * x) + (z * z))), 2 * ((y * z) - (x * w)),
            2 * ((x * z) - (y * w)), 2 * ((y * z) + (x * w)), 1 - (2 * ((x * x) + (y * y))),
        ];
        turn.CopyTo(rotation);
        return values[0];
    }

    private static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();
}
