using System.Globalization;

namespace PECHead.Research.Animation;

/// <summary>One value of an edit that runs from an end to the other, both included.</summary>
/// <param name="Name">yaw, pitch, roll or an expression.</param>
/// <param name="From">First value.</param>
/// <param name="To">Last value.</param>
/// <param name="Step">Distance of two values, above 0 whatever the direction.</param>
public sealed record EditSweep(string Name, double From, double To, double Step)
{
    private const int MostValues = 10_000;

    /// <summary>The values in order; the last is <see cref="To"/> where the steps meet it.</summary>
    public IReadOnlyList<double> Values =>
        [.. Enumerable.Range(0, Count).Select(i => From + (Math.Sign(To - From) * i * Step))];

    private int Count => (int)Math.Floor((Math.Abs(To - From) / Step) + 1e-9) + 1;

    /// <summary>Reads <c>name=from:to:step</c>, as <c>yaw=-30:30:2</c>.</summary>
    /// <param name="text">The sweep.</param>
    /// <exception cref="ArgumentException">Another form, no finite numbers, or too many steps.</exception>
    public static EditSweep Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('=') is [{ Length: > 0 } name, var range] && range.Split(':') is [var first, var last, var distance]
            && Number(first) is { } from && Number(last) is { } to && Number(distance) is { } step && step > 0)
        {
            return Math.Abs(to - from) / step < MostValues
                ? new EditSweep(name, from, to, step)
                : throw new ArgumentException($"The sweep '{text}' has more than {MostValues} values: take a larger step.", nameof(text));
        }
        throw new ArgumentException($"'{text}' is no sweep: write name=from:to:step, for example yaw=-30:30:2.", nameof(text));
    }

    private static double? Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
