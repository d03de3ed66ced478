using System.Globalization;

namespace PECHead.Research.Visualization;

/// <summary>A measured number.</summary>
/// <param name="Mean">The number, or the mean over seeds.</param>
/// <param name="Deviation">Standard deviation over seeds, or null.</param>
public readonly record struct ResultValue(double Mean, double? Deviation = null)
{
    /// <summary>A number without a deviation.</summary>
    /// <param name="mean">The number.</param>
    public static implicit operator ResultValue(double mean) => new(mean);

    /// <summary>A number without a deviation.</summary>
    /// <param name="mean">The number.</param>
    public static ResultValue FromDouble(double mean) => new(mean);

    /// <summary>The number as a table shows it.</summary>
    internal string Text(int decimals, string plusMinus = "±")
    {
        string format = "F" + decimals.ToString(CultureInfo.InvariantCulture), mean = Mean.ToString(format, CultureInfo.InvariantCulture);
        return Deviation is { } deviation ? $"{mean} {plusMinus} {deviation.ToString(format, CultureInfo.InvariantCulture)}" : mean;
    }
}
