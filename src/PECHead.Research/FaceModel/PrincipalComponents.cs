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
        long size = samples.size(1);
        var subspace = randn([size, Math.Min(count + Spare, Math.Min(size, samples.size(0)))], ScalarType.Float64, generator: generator);
        for (int round = 0; round < Rounds; round++)
        {
            using var inner = NewDisposeScope();
            subspace = Orthonormal(matmul(samples.transpose(0, 1), matmul(samples, Orthonormal(subspace)))).MoveToOuterDisposeScope();
        }
        var projected = matmul(samples, subspace);
        var (values, vectors) = SymmetricEigen.Decompose(ToArray(matmul(projected.transpose(0, 1), projected) / samples.size(0)));
        var turn = FromArray(vectors).narrow(1, 0, count);
        var directions = matmul(subspace, turn).transpose(0, 1);
        var sign = directions.gather(1, directions.abs().argmax(1, keepdim: true)).sign();
        return new PrincipalComponents(
            tensor(values[..count]).clamp_min(0).MoveToOuterDisposeScope(),
            (directions * sign).contiguous().MoveToOuterDisposeScope());
    }

    /// <summary>A basis of the columns' span: Y (YᵀY)^(−1/2). Directions without any variance come out as zero.</summary>
    private static Tensor Orthonormal(Tensor columns)
    {
        using var scope = NewDisposeScope();
        var scaled = columns / columns.abs().amax(0).clamp_min(1e-300);
        var (values, vectors) = SymmetricEigen.Decompose(ToArray(matmul(scaled.transpose(0, 1), scaled)));
        double floor = values[0] * 1e-14;
        double[] inverse = [.. values.Select(value => value > floor ? 1 / Math.Sqrt(value) : 0)];
        return (matmul(scaled, FromArray(vectors)) * tensor(inverse)).MoveToOuterDisposeScope();
    }

    private static Tensor FromArray(double[,] matrix) => tensor(matrix.Cast<double>().ToArray(), [matrix.GetLength(0), matrix.GetLength(1)]);

    private static double[,] ToArray(Tensor square)
    {
        using var scope = NewDisposeScope();
        int size = (int)square.size(0);
        double[] flat = square.contiguous().data<double>().ToArray();
        var result = new double[size, size];
        Buffer.BlockCopy(flat, 0, result, 0, flat.Length * sizeof(double));
        return result;
    }
}
