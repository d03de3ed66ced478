using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>The directions of largest variance of samples.</summary>
/// <param name="Variances">[K], from the largest.</param>
/// <param name="Directions">[K, D], orthonormal rows.</param>
/// <remarks>
/// By subspace iteration: D is some thousand and K some dozens, and only the large end of the spectrum is wanted. Each
/// direction's largest entry is positive, so that equal samples give equal signs.
/// </remarks>
internal sealed record PrincipalComponents(Tensor Variances, Tensor Directions)
{
    private const int Rounds = 40;
    private const int Spare = 8;    // more columns than wanted make the wanted ones converge

    /// <summary>Decomposes the second moments of samples about zero.</summary>
    /// <param name="samples">[M, D] float64, with the mean taken off where it should be.</param>
    /// <param name="count">K, at most M and D.</param>
    /// <param name="seed">Of the start.</param>
    public static PrincipalComponents Of(Tensor samples, int count, ulong seed = 0)
    {
        TensorGuard.Shape(samples, nameof(samples), TensorGuard.Any, TensorGuard.Any);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Math.Min(samples.size(0), samples.size(1)));
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var subspace = randn([samples.size(1), Math.Min(count + Spare, Math.Min(samples.size(1), samples.size(0)))], ScalarType.Float64, generator: generator);
        for (int round = 0; round < Rounds; round++)
        {
            using var inner = NewDisposeScope();
            var basis = linalg.qr(matmul(samples.transpose(0, 1), matmul(samples, subspace))).Q;
            subspace = basis.MoveToOuterDisposeScope();
        }
        var (_, deviations, turn) = linalg.svd(matmul(samples, subspace), fullMatrices: false);
        var directions = matmul(turn.narrow(0, 0, count), subspace.transpose(0, 1));
        var sign = directions.gather(1, directions.abs().argmax(1, keepdim: true)).sign();
        return new PrincipalComponents(
            (deviations.narrow(0, 0, count).square() / samples.size(0)).MoveToOuterDisposeScope(),
            (directions * sign).contiguous().MoveToOuterDisposeScope());
    }
}
