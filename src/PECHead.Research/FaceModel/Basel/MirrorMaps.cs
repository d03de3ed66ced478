using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>What identity and expression coefficients become when the face is mirrored, fitted once to the model itself.</summary>
/// <remarks>
/// <b>Choice:</b> the basis has no mirrored twin of each component, so the mirrored displacement is projected onto the basis
/// by least squares: a point's partner is the one nearest to its reflection on the mean face. Exact for a symmetric model,
/// an approximation for the Basel model, whose mean and components are those of real, nearly symmetric faces.
/// </remarks>
internal sealed class MirrorMaps : IDisposable
{
    // 80 unknowns need no more equations than this, and partners of all points would cost 35709² distances.
    private const int MaxSamples = 4096;
    private const int Chunk = 256;
    private const double Ridge = 1e-9;

    public MirrorMaps(BaselFaceModel model)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int step = Math.Max(1, model.PointCount / MaxSamples);
        var samples = arange(0, model.PointCount, step, dtype: ScalarType.Int64);
        var partners = Partners(model.Mean, samples);
        Identity = Fit(model.Identity, samples, partners).DetachFromDisposeScope();
        Expression = Fit(model.Expression, samples, partners).DetachFromDisposeScope();
    }

    /// <summary>[I, I]: α · Identity is the mirrored α. Float64.</summary>
    public Tensor Identity { get; }

    /// <summary>[E, E]: β · Expression is the mirrored β. Float64.</summary>
    public Tensor Expression { get; }

    public void Dispose()
    {
        Identity.Dispose();
        Expression.Dispose();
    }

    private static Tensor Flip() => tensor(new[] { -1f, 1f, 1f });

    private static Tensor Partners(Tensor mean, Tensor samples)
    {
        using var scope = NewDisposeScope();
        var reflected = mean.index_select(0, samples) * Flip();
        var partners = new List<Tensor>();
        for (long start = 0; start < reflected.size(0); start += Chunk)
        {
            using var inner = NewDisposeScope();
            var part = reflected.narrow(0, start, Math.Min(Chunk, reflected.size(0) - start));
            var (_, nearest) = cdist(part, mean).min(1);
            partners.Add(nearest.MoveToOuterDisposeScope());
        }
        return cat(partners, 0).MoveToOuterDisposeScope();
    }

    private static Tensor Fit(Tensor basis, Tensor samples, Tensor partners)
    {
        using var scope = NewDisposeScope();
        long size = basis.size(0);
        var fields = basis.view(size, -1, 3);
        var own = fields.index_select(1, samples).flatten(1).to(ScalarType.Float64);
        var mirrored = (fields.index_select(1, partners) * Flip()).flatten(1).to(ScalarType.Float64);
        var gram = own.matmul(own.transpose(0, 1));
        var ridge = eye(size, dtype: ScalarType.Float64) * (gram.trace() * (Ridge / size));
        return mirrored.matmul(own.transpose(0, 1)).matmul((gram + ridge).inverse()).MoveToOuterDisposeScope();
    }
}
