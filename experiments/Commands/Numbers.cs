using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace PECHead.Experiments.Commands;

/// <summary>Options that take numbers: the same on every machine, with a point and without separators of thousands, in a stated range.</summary>
internal static class Numbers
{
    /// <summary>A whole number that has a default.</summary>
    public static Option<int> Whole(string name, string description, int standard, int least = 1, int most = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result => (int)Parse(name, Text(result), least, most),
    };

    /// <summary>A whole number that may be left out.</summary>
    public static Option<long?> OptionalWhole(string name, string description, long least = 1, long most = int.MaxValue) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(name, Text(result), least, most),
    };

    /// <summary>A number that may be left out; null where the option stands without one and may do so.</summary>
    /// <param name="name">Its name with dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="least">The least value; with <paramref name="above"/>, values must be greater.</param>
    /// <param name="most">The greatest value.</param>
    /// <param name="above">Whether the least value itself is too small.</param>
    public static Option<double?> Number(string name, string description, double least, double most = double.PositiveInfinity, bool above = false) => new(name)
    {
        Description = description,
        CustomParser = result => result.Tokens.Count == 0 ? null : Parse(name, Text(result), least, most, above),
    };

    /// <summary>Reads a number.</summary>
    /// <exception cref="ArgumentException">No number, or outside of its range: the message says how it was understood.</exception>
    public static double Parse(string name, string text, double least, double most, bool above = false)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{(above ? $"above {least}" : double.IsNegativeInfinity(least) ? "" : double.IsPositiveInfinity(most) ? $"of at least {least}" : $"from {least}")}{(double.IsPositiveInfinity(most) ? "" : above ? $" up to {most}" : $" to {most}")}").Trim();
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new ArgumentException($"{name} takes a number {range}, and '{text}' is none{(text.Contains(',', StringComparison.Ordinal) ? ": write a point for the decimals, and no separators" : "")}.");
        return (above ? number > least : number >= least) && number <= most
            ? number
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} takes a number {range}, not {number}."));
    }

    private static long Parse(string name, string text, long least, long most)
    {
        var range = most is int.MaxValue or long.MaxValue ? $"of at least {least}" : $"from {least} to {most}";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new ArgumentException($"{name} takes a whole number {range}, and '{text}' is none.");
        return number >= least && number <= most ? number : throw new ArgumentException($"{name} takes a whole number {range}, not {number}.");
    }

    private static string Text(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
}
