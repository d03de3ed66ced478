namespace PECHead.Research.FaceModel;

/// <summary>A low-pass filter of numbers over time whose cutoff rises with their speed: still when they are still, quick when they move.</summary>
/// <remarks><b>Paper:</b> Casiez, Roussel, Vogel, 1€ Filter, CHI 2012.</remarks>
public sealed class OneEuroFilter
{
    private readonly double _minimumCutoff;
    private readonly double _speedCoefficient;
    private readonly double _speedCutoff;
    private double[]? _values;
    private double[] _speeds = [];

    /// <summary>A filter without a past.</summary>
    /// <param name="minimumCutoff">Hz; cutoff of what does not move. Lower is smoother and later.</param>
    /// <param name="speedCoefficient">Cutoff gained per unit of speed, Hz per unit per second; 0 for a plain low-pass.</param>
    /// <param name="speedCutoff">Hz; cutoff of the estimate of speed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A cutoff that is not positive, or a negative coefficient.</exception>
    public OneEuroFilter(double minimumCutoff = 1, double speedCoefficient = 0.007, double speedCutoff = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumCutoff);
        ArgumentOutOfRangeException.ThrowIfNegative(speedCoefficient);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speedCutoff);
        (_minimumCutoff, _speedCoefficient, _speedCutoff) = (minimumCutoff, speedCoefficient, speedCutoff);
    }

    /// <summary>Takes the next numbers.</summary>
    /// <param name="values">As many as before.</param>
    /// <param name="seconds">Time since the numbers before; positive.</param>
    /// <returns>Filtered numbers; the first come back as they are.</returns>
    /// <exception cref="ArgumentException">Another count of numbers.</exception>
    public double[] Next(ReadOnlySpan<double> values, double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        if (_values is null)
        {
            _speeds = new double[values.Length];
            return [.. _values = values.ToArray()];
        }
        if (values.Length != _values.Length)
            throw new ArgumentException($"Expected {_values.Length} numbers as before, received {values.Length}.", nameof(values));
        double speedWeight = Weight(_speedCutoff, seconds);
        for (int i = 0; i < values.Length; i++)
        {
            _speeds[i] += speedWeight * (((values[i] - _values[i]) / seconds) - _speeds[i]);
            double cutoff = _minimumCutoff + (_speedCoefficient * Math.Abs(_speeds[i]));
            _values[i] += Weight(cutoff, seconds) * (values[i] - _values[i]);
        }
        return [.. _values];
    }

    /// <summary>Share of the new value in exponential smoothing of a given cutoff.</summary>
    private static double Weight(double cutoff, double seconds)
    {
        double step = 2 * Math.PI * cutoff * seconds;
        return step / (step + 1);
    }
}
