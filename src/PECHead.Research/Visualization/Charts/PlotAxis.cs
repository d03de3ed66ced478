using System.Globalization;

namespace PECHead.Research.Visualization;

/// <summary>Places numbers along a side of a plot and chooses round ones to write there.</summary>
internal sealed class PlotAxis
{
    private readonly double _low;
    private readonly double _high;
    private readonly bool _isLogarithmic;

    /// <summary>Covers a range, widened to round numbers when linear.</summary>
    public PlotAxis(double minimum, double maximum, bool isLogarithmic, bool widen)
    {
        _isLogarithmic = isLogarithmic;
        (_low, _high) = (Scale(minimum), Scale(maximum));
        if (!(_high > _low))
            (_low, _high) = (_low - 0.5, _low + 0.5);
        var step = StepOf(_low, _high);
        if (widen && !isLogarithmic)
            (_low, _high) = (Math.Floor(_low / step) * step, Math.Ceiling(_high / step) * step);
        else if (widen)
            (_low, _high) = (_low - 0.03 * (_high - _low), _high + 0.03 * (_high - _low));
    }

    /// <summary>0 at the low end, 1 at the high end; NaN for what has no place.</summary>
    public double Place(double value) => (Scale(value) - _low) / (_high - _low);

    /// <summary>The numbers to write, with their text.</summary>
    public IEnumerable<(double Value, string Text)> Ticks()
    {
        if (_isLogarithmic && _high - _low >= 1)
            return Decades();
        // Less than a power of ten: round numbers, of which the larger ones stand closer together.
        var (low, high) = _isLogarithmic ? (Math.Pow(10, _low), Math.Pow(10, _high)) : (_low, _high);
        double step = StepOf(low, high);
        var ticks = new List<(double, string)>();
        for (double at = Math.Ceiling(low / step - 1e-9) * step; at <= high + 1e-9 * step; at += step)
            ticks.Add((at, Text(Math.Abs(at) < 1e-9 * step ? 0 : at)));
        return ticks;
    }

    // About five steps of 1, 2 or 5 times a power of ten.
    private static double StepOf(double low, double high)
    {
        double rough = (high - low) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
    }

    private IEnumerable<(double Value, string Text)> Decades()
    {
        // Between powers of ten, 2 and 5 help while there are few of them.
        double[] within = _high - _low < 2.5 ? [1, 2, 5] : [1];
        for (int power = (int)Math.Floor(_low); power <= _high; power++)
        {
            foreach (double value in within.Select(digit => digit * Math.Pow(10, power)).Where(value => Place(value) is >= -1e-9 and <= 1 + 1e-9))
                yield return (value, Text(value));
        }
    }

    private double Scale(double value) => !_isLogarithmic ? value : value > 0 ? Math.Log10(value) : double.NaN;

    private static string Text(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e6 or < 1e-3 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
