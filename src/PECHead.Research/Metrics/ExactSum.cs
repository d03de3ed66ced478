namespace PECHead.Research.Metrics;

/// <summary>A sum of float64 numbers that is rounded once, at the end: neither order nor grouping changes a bit of it.</summary>
/// <remarks>
/// Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997): the sum is kept as a few numbers whose bits do not
/// overlap, at most 40 of them for the range of float64.
/// </remarks>
internal sealed class ExactSum
{
    private readonly List<double> _parts = [];

    /// <summary>The sum, rounded to nearest.</summary>
    public double Value
    {
        get
        {
            int last = _parts.Count - 1;
            if (last < 0)
                return 0;
            double high = _parts[last], low = 0;
            while (low == 0 && --last >= 0)
            {
                double sum = high + _parts[last];
                low = _parts[last] - (sum - high);
                high = sum;
            }
            // Halfway cases round by the sign of what lies below.
            if (last > 0 && low != 0 && Math.Sign(low) == Math.Sign(_parts[last - 1]))
            {
                double doubled = 2 * low, rounded = high + doubled;
                if (doubled == rounded - high)
                    high = rounded;
            }
            return high;
        }
    }

    /// <summary>Adds a finite number.</summary>
    public void Add(double value)
    {
        int kept = 0;
        foreach (double part in _parts.ToArray())
        {
            double large = value, small = part;
            if (Math.Abs(large) < Math.Abs(small))
                (large, small) = (small, large);
            double sum = large + small, error = small - (sum - large);
            if (error != 0)
                _parts[kept++] = error;
            value = sum;
        }
        _parts.RemoveRange(kept, _parts.Count - kept);
        if (value != 0)
            _parts.Add(value);
    }

    /// <summary>Adds all of another sum.</summary>
    public void Add(ExactSum other)
    {
        foreach (double part in other._parts.ToArray())
            Add(part);
    }

    public void Clear() => _parts.Clear();

    public void Write(BinaryWriter writer)
    {
        writer.Write(_parts.Count);
        foreach (double part in _parts) writer.Write(part);
    }

    /// <summary>Adds a sum that was written.</summary>
    public void Add(BinaryReader reader)
    {
        for (int left = reader.ReadInt32(); left > 0; left--) Add(reader.ReadDouble());
    }
}
