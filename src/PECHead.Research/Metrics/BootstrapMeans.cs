namespace PECHead.Research.Metrics;

/// <summary>The replicates of a <see cref="Bootstrap"/>: weighted sums, and the percentiles of their means.</summary>
internal sealed class BootstrapMeans
{
    // P(X <= k) of a Poisson variable of mean 1, until float64 has no room below 1.
    private static readonly double[] Cumulative = BuildCumulative();

    private readonly Bootstrap _options;
    private readonly double[] _sums;
    private readonly long[] _weights;

    public BootstrapMeans(Bootstrap options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Replicates, 2, "Replicates");
        _options = options;
        _sums = new double[options.Replicates];
        _weights = new long[options.Replicates];
    }

    /// <summary>Takes in one sample.</summary>
    /// <param name="index">Its number among all that this worker has seen, skipped ones included.</param>
    /// <param name="value">Its value.</param>
    public void Add(long index, double value)
    {
        ulong sample = Mix((ulong)_options.Seed + 0x9E3779B97F4A7C15UL * (ulong)(index + _options.FirstSample + 1));
        for (int replicate = 0; replicate < _sums.Length; replicate++)
        {
            double uniform = (Mix(sample + (ulong)replicate) >> 11) * (1.0 / (1UL << 53));
            int weight = 0;
            while (weight < Cumulative.Length && uniform >= Cumulative[weight])
                weight++;
            _sums[replicate] += weight * value;
            _weights[replicate] += weight;
        }
    }

    public void Add(BootstrapMeans other)
    {
        if (other._options.Replicates != _options.Replicates || other._options.Seed != _options.Seed)
            throw new ArgumentException("The two metrics draw their bootstrap with another seed or number of replicates.", nameof(other));
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] += other._sums[i];
            _weights[i] += other._weights[i];
        }
    }

    /// <summary>Percentiles of the means; null while no replicate has a sample.</summary>
    public ConfidenceInterval? Interval(double level)
    {
        double[] means = [.. _sums.Zip(_weights).Where(pair => pair.Second > 0).Select(pair => pair.First / pair.Second).Order()];
        return means.Length == 0
            ? null
            : new ConfidenceInterval(Percentile(means, (1 - level) / 2), Percentile(means, (1 + level) / 2), level);
    }

    public void Write(BinaryWriter writer)
    {
        foreach (var (sum, weight) in _sums.Zip(_weights))
        {
            writer.Write(sum);
            writer.Write(weight);
        }
    }

    public void Read(BinaryReader reader)
    {
        for (int i = 0; i < _sums.Length; i++) (_sums[i], _weights[i]) = (reader.ReadDouble(), reader.ReadInt64());
    }

    public void Clear()
    {
        Array.Clear(_sums);
        Array.Clear(_weights);
    }

    private static double Percentile(double[] sorted, double fraction)
    {
        double place = fraction * (sorted.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }

    // The finaliser of SplitMix64: every bit of the input changes half of the output's.
    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
        return bits ^ (bits >> 31);
    }

    private static double[] BuildCumulative()
    {
        var cumulative = new List<double>();
        double term = Math.Exp(-1), sum = term;
        for (int k = 1; sum < 1 && term > 1e-18; k++)
        {
            cumulative.Add(sum);
            term /= k;
            sum += term;
        }
        return [.. cumulative];
    }
}
