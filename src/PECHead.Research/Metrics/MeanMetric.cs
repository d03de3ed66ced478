namespace PECHead.Research.Metrics;

/// <summary>A metric with one value a sample, averaged over samples.</summary>
/// <remarks>The sum is exact, so neither order nor batches nor workers change a bit of the mean.</remarks>
public abstract class MeanMetric : Metric
{
    private readonly ExactSum _sum = new();
    private readonly BootstrapMeans? _replicates;
    private long _count;

    /// <summary>How to find a confidence interval; null, the default, for none.</summary>
    public Bootstrap? Bootstrap
    {
        get;
        init
        {
            field = value;
            _replicates = value is null ? null : new BootstrapMeans(value);
        }
    }

    /// <inheritdoc/>
    public sealed override long Count => _count;

    /// <inheritdoc/>
    public sealed override bool HasValue => _count > 0;

    /// <inheritdoc/>
    public sealed override double Compute() => HasValue ? _sum.Value / _count : throw TooFew("no samples to average");

    /// <inheritdoc/>
    public sealed override ConfidenceInterval? Interval(double level = 0.95)
    {
        if (!(level > 0 && level < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "A level lies between 0 and 1.");
        return _replicates?.Interval(level);
    }

    private protected sealed override void MergeSamples(Metric other)
    {
        var same = (MeanMetric)other;
        if (_replicates is null != same._replicates is null)
            throw new ArgumentException($"One {Name} has a bootstrap and the other has none.", nameof(other));
        _replicates?.Add(same._replicates!);
        _sum.Add(same._sum);
        _count += same._count;
        MergeState(same);
    }

    private protected sealed override void WriteSamples(BinaryWriter writer)
    {
        writer.Write(_count);
        _sum.Write(writer);
        _replicates?.Write(writer);
    }

    private protected sealed override void ReadSamples(BinaryReader reader)
    {
        _count = reader.ReadInt64();
        _sum.Add(reader);
        _replicates?.Read(reader);
    }

    private protected sealed override void ResetSamples()
    {
        _sum.Clear();
        _replicates?.Clear();
        _count = 0;
        ResetState();
    }

    /// <summary>Takes in samples in their order, all or none.</summary>
    /// <param name="samples">Values; null where there is a reason to skip.</param>
    /// <param name="reasons">Why a sample is skipped; null where it has a value.</param>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    private protected void Take(ReadOnlySpan<double> samples, ReadOnlySpan<string?> reasons)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            if (reasons[i] is null && !double.IsFinite(samples[i]))
                throw new ArgumentException($"{Name} of sample {i} of this batch is not finite: does it hold NaN?", nameof(samples));
        }
        for (int i = 0; i < samples.Length; i++)
        {
            if (reasons[i] is { } reason)
                Skipped.Add(reason);
            else
                Take(samples[i]);
        }
    }

    // What a subclass keeps from batch to batch beside the sum; only metrics over time keep anything.
    private protected abstract void MergeState(MeanMetric other);

    private protected abstract void ResetState();

    private void Take(double value)
    {
        _replicates?.Add(_count + Skipped.Total, value);
        _sum.Add(value);
        _count++;
    }
}
