using ScottPlot;

namespace PECHead.Research.Visualization;

/// <summary>Ticks of an axis whose coordinates are powers of ten: the powers themselves, with 2 and 5 between them while those are few.</summary>
internal sealed class PowerTicks : ITickGenerator
{
    public Tick[] Ticks { get; private set; } = [];

    public int MaxTickCount { get; set; } = 20;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle) =>
        Ticks = [.. Values(range, edge, size, paint, labelStyle).Select(value => new Tick(Math.Log10(value), Plots.Number(value)))];

    private static IEnumerable<double> Values(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        if (range.Span >= 1)
        {
            double[] within = range.Span < 2.5 ? [1, 2, 5] : [1];
            return from power in Enumerable.Range((int)Math.Floor(range.Min), (int)range.Span + 2)
                   from digit in within
                   let value = digit * Math.Pow(10, power)
                   where Math.Log10(value) >= range.Min - 1e-9 && Math.Log10(value) <= range.Max + 1e-9
                   select value;
        }
        // Less than a power of ten: round numbers, of which the larger ones stand closer together.
        var round = Plots.RoundTicks(8);
        round.Regenerate(new CoordinateRange(Math.Pow(10, range.Min), Math.Pow(10, range.Max)), edge, size, paint, labelStyle);
        return round.Ticks.Where(tick => tick.Position > 0).Select(tick => tick.Position);
    }
}
