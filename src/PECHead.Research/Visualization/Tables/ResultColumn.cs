namespace PECHead.Research.Visualization;

/// <summary>Which of two numbers is the better one.</summary>
public enum BetterValue
{
    /// <summary>Neither: the column is not ranked.</summary>
    None,

    /// <summary>The larger one, ↑.</summary>
    Higher,

    /// <summary>The smaller one, ↓.</summary>
    Lower,
}

/// <summary>A column of numbers.</summary>
/// <param name="Name">As in papers, for example PSNR.</param>
/// <param name="Better">Which numbers are marked.</param>
/// <param name="Decimals">Digits after the point that are shown, 0 to 10; numbers that look the same rank the same.</param>
public sealed record ResultColumn(string Name, BetterValue Better = BetterValue.None, int Decimals = 3)
{
    /// <summary>↑, ↓ or nothing.</summary>
    internal string Arrow => Better switch { BetterValue.Higher => "↑", BetterValue.Lower => "↓", _ => "" };

    /// <summary>Digits that show numbers of this size to about four places.</summary>
    internal static int DecimalsFor(IEnumerable<double> values) => values.Select(Math.Abs).DefaultIfEmpty().Max() switch { < 1 => 4, < 10 => 3, _ => 2 };

    /// <summary>From a metric's own words.</summary>
    internal static BetterValue BetterOf(bool higherIsBetter) => higherIsBetter ? BetterValue.Higher : BetterValue.Lower;
}
