using System.Runtime.InteropServices;
using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>Mean and covariance of feature vectors, gathered batch by batch and mergeable, in float64.</summary>
/// <remarks>
/// Chan, Golub and LeVeque (1979): deviations are taken from the mean of each batch and corrected for the distance of the
/// means, which loses no digits where sums of squares would. Up to D samples are kept as they are, which takes less room than
/// their covariance and makes its square root cheap; beyond, memory is D² numbers.
/// </remarks>
internal sealed class GaussianStatistics
{
    private readonly double[] _mean;
    private readonly List<double> _samples = [];   // row-major, while there are at most D; then none
    private double[]? _scatter;                    // Σ (x - mean)(x - mean)ᵀ, row-major, from then on

    /// <summary>Begins without samples.</summary>
    /// <param name="dimensions">D, length of a feature vector.</param>
    public GaussianStatistics(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, 1 << 14);
        _mean = new double[dimensions];
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
        var samples = features.detach().to(ScalarType.Float64).cpu().contiguous();
        if (!double.IsFinite(samples.sum().ToDouble()))
            throw new ArgumentException("The features are not finite: do they hold NaN?", nameof(features));
        Take(samples);
    }

    /// <summary>Takes in what another worker has gathered.</summary>
    /// <param name="other">Statistics of as many dimensions. They stay as they are.</param>
    /// <exception cref="ArgumentException">Other dimensions.</exception>
    public void Merge(GaussianStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimensions != Dimensions)
            throw new ArgumentException($"Features of {other.Dimensions} numbers do not merge with features of {Dimensions}.", nameof(other));
        if (other.Count == 0)
            return;
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (other._scatter is null)
        {
            Take(other.Samples());
            return;
        }
        Condense();
        Merge(other.Count, other._mean, other._scatter);
    }

    /// <summary>Writes what was gathered: the samples while there are few, else their mean and covariance.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(_scatter is null);
        foreach (double[] part in _scatter is null ? [_mean, [.. _samples]] : new[] { _mean, _scatter }) writer.Write(MemoryMarshal.AsBytes<double>(part));
    }

    /// <summary>Reads what <see cref="Write"/> wrote of as many dimensions; forgets what was there.</summary>
    public void Read(BinaryReader reader)
    {
        Reset();
        Count = reader.ReadInt64();
        bool few = reader.ReadBoolean();
        Fill(_mean);
        double[] rest = new double[few ? Count * Dimensions : Dimensions * Dimensions];
        Fill(rest);
        if (few) _samples.AddRange(rest);
        else _scatter = rest;

        void Fill(double[] numbers) => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
    }

    /// <summary>Forgets all samples.</summary>
    public void Reset()
    {
        Count = 0;
        _samples.Clear();
        _scatter = null;
        Array.Clear(_mean);
    }

    /// <summary>Unbiased covariance.</summary>
    /// <returns>[D, D], float64, symmetric.</returns>
    /// <exception cref="InvalidOperationException">Fewer than two samples.</exception>
    public Tensor Covariance()
    {
        if (Count < 2)
            throw new InvalidOperationException($"A covariance needs two samples, and there is {Count}.");
        using var scope = NewDisposeScope();
        var scatter = _scatter is null ? Scatter(Samples() - tensor(_mean)) : tensor(_scatter, [Dimensions, Dimensions]);
        return (scatter / (Count - 1.0)).MoveToOuterDisposeScope();
    }

    /// <summary>Deviations from the mean by √(N - 1), [N, D]: their products over samples are the covariance. Null for more than D samples.</summary>
    internal Tensor? ScaledDeviations() => _scatter is null ? (Samples() - tensor(_mean)) / Math.Sqrt(Count - 1) : null;

    private Tensor Samples() => tensor(_samples.ToArray(), [_samples.Count / Dimensions, Dimensions]);

    private static Tensor Scatter(Tensor deviations) => deviations.transpose(0, 1).matmul(deviations);

    private void Take(Tensor samples)
    {
        long count = samples.size(0);
        var mean = samples.mean([0]);
        double[] means = mean.contiguous().data<double>().ToArray();
        if (_scatter is null && Count + count <= Dimensions)
        {
            _samples.AddRange(samples.data<double>().ToArray());
            MoveMean(count, means);
            return;
        }
        Condense();
        Merge(count, means, Scatter(samples - mean).contiguous().data<double>().ToArray());
    }

    // From samples to their covariance.
    private void Condense()
    {
        _scatter ??= _samples.Count == 0
            ? new double[Dimensions * Dimensions]
            : Scatter(Samples() - tensor(_mean)).contiguous().data<double>().ToArray();
        _samples.Clear();
    }

    private void Merge(long count, double[] mean, double[] scatter)
    {
        int d = Dimensions;
        double between = Count * ((double)count / (Count + count));
        double[] step = [.. mean.Zip(_mean, (theirs, ours) => theirs - ours)];
        for (int row = 0; row < d; row++)
        {
            double scaled = between * step[row];
            for (int column = 0; column < d; column++)
                _scatter![row * d + column] += scatter[row * d + column] + scaled * step[column];
        }
        MoveMean(count, mean);
    }

    private void MoveMean(long count, double[] mean)
    {
        double share = (double)count / (Count + count);
        for (int i = 0; i < mean.Length; i++)
            _mean[i] += share * (mean[i] - _mean[i]);
        Count += count;
    }
}
