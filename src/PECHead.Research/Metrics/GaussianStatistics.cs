using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>Mean and covariance of feature vectors, gathered batch by batch and mergeable, in float64.</summary>
/// <remarks>
/// Chan, Golub and LeVeque (1979): deviations are taken from the mean of each batch and corrected for the distance of the
/// means, which loses no digits where sums of squares would. Memory is D² numbers.
/// </remarks>
public sealed class GaussianStatistics
{
    private readonly double[] _mean;
    private readonly double[] _scatter;   // Σ (x - mean)(x - mean)ᵀ, row-major

    /// <summary>Begins without samples.</summary>
    /// <param name="dimensions">D, length of a feature vector.</param>
    public GaussianStatistics(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, 1 << 14);
        _mean = new double[dimensions];
        _scatter = new double[dimensions * dimensions];
    }

    /// <summary>D, length of a feature vector.</summary>
    public int Dimensions => _mean.Length;

    /// <summary>Samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>Mean, D numbers.</summary>
    public IReadOnlyList<double> Mean => _mean;

    /// <summary>Takes in a batch.</summary>
    /// <param name="features">[N, D], one row a sample.</param>
    /// <exception cref="ArgumentException">Another shape, or features that are not finite.</exception>
    public void Update(Tensor features)
    {
        TensorGuard.Shape(features, nameof(features), TensorGuard.Any, Dimensions);
        if (features.size(0) == 0)
            return;
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var samples = features.detach().to(ScalarType.Float64).cpu();
        var mean = samples.mean([0]);
        if (!double.IsFinite(mean.sum().ToDouble()))
            throw new ArgumentException("The features are not finite: do they hold NaN?", nameof(features));
        var deviations = samples - mean;
        var scatter = deviations.transpose(0, 1).matmul(deviations).contiguous();
        Merge(features.size(0), mean.contiguous().data<double>().ToArray(), scatter.data<double>().ToArray());
    }

    /// <summary>Takes in what another worker has gathered.</summary>
    /// <param name="other">Statistics of as many dimensions. They stay as they are.</param>
    /// <exception cref="ArgumentException">Other dimensions.</exception>
    public void Merge(GaussianStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimensions != Dimensions)
            throw new ArgumentException($"Features of {other.Dimensions} numbers do not merge with features of {Dimensions}.", nameof(other));
        if (other.Count > 0)
            Merge(other.Count, other._mean, other._scatter);
    }

    /// <summary>Forgets all samples.</summary>
    public void Reset()
    {
        Count = 0;
        Array.Clear(_mean);
        Array.Clear(_scatter);
    }

    /// <summary>Unbiased covariance.</summary>
    /// <returns>[D, D], float64, symmetric.</returns>
    /// <exception cref="InvalidOperationException">Fewer than two samples.</exception>
    public Tensor Covariance() => Count > 1
        ? tensor(Array.ConvertAll(_scatter, value => value / (Count - 1)), [Dimensions, Dimensions])
        : throw new InvalidOperationException($"A covariance needs two samples, and there is {Count}.");

    /// <summary>Trace of the covariance, for at least two samples.</summary>
    internal double TotalVariance() => Enumerable.Range(0, Dimensions).Sum(i => _scatter[i * Dimensions + i]) / (Count - 1);

    private void Merge(long count, double[] mean, double[] scatter)
    {
        int d = Dimensions;
        double total = Count + count, share = count / total, between = Count * share;
        double[] step = [.. mean.Zip(_mean, (theirs, ours) => theirs - ours)];
        for (int row = 0; row < d; row++)
        {
            double scaled = between * step[row];
            for (int column = 0; column < d; column++)
                _scatter[row * d + column] += scatter[row * d + column] + scaled * step[column];
        }
        for (int i = 0; i < d; i++)
            _mean[i] += share * step[i];
        Count += count;
    }
}
