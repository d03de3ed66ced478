using Plotly.NET;
using Chart = Plotly.NET.CSharp.Chart;

namespace PECHead.Research.Visualization;

/// <summary>Values of one quantity, to be counted.</summary>
/// <param name="Title">What they are, with the unit.</param>
/// <param name="Values">The values; those outside of the range count in its first or last bar, those that are no number nowhere.</param>
/// <param name="From">Left end of the axis.</param>
/// <param name="To">Right end, greater.</param>
public sealed record HistogramData(string Title, IReadOnlyList<float> Values, double From, double To)
{
    /// <summary>Counts the values in bars of equal width.</summary>
    /// <param name="bars">At least 1.</param>
    public int[] Count(int bars)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bars, 1);
        var counts = new int[bars];
        foreach (var value in Values.Where(value => !float.IsNaN(value)))
            counts[(int)Math.Clamp(Math.Floor((value - From) / (To - From) * bars), 0, bars - 1)]++;
        return counts;
    }
}

/// <summary>Small histograms side by side, each as high as its own fullest bar.</summary>
public sealed class HistogramFigure : InteractiveChart
{
    private const int Columns = 4;
    private const int Bars = 24;
    private const double Width = 230;
    private const double Height = 150;
    private const double Margin = 14;
    private const double Head = 26;
    private const double Foot = 20;
    private readonly IReadOnlyList<HistogramData> _histograms;

    /// <summary>Takes the values.</summary>
    /// <param name="histograms">At least one.</param>
    public HistogramFigure(IReadOnlyList<HistogramData> histograms)
    {
        ArgumentOutOfRangeException.ThrowIfZero(histograms.Count, nameof(histograms));
        _histograms = histograms;
    }

    /// <inheritdoc/>
    public override string ToString() => $"histograms of {string.Join(", ", _histograms.Select(histogram => histogram.Title))}";

    private protected override GenericChart Plot()
    {
        int across = Math.Min(Columns, _histograms.Count), down = (_histograms.Count + across - 1) / across;
        return PlotlyStyle.Laid(
            PlotlyStyle.Grid([.. _histograms.Select(Counted)], [.. _histograms.Select(histogram => histogram.Title)], Columns),
            across * (Width + 20), (down * (Height + 30)) + 20, (40, 16, 40, 30), ("showlegend", false));
    }

    private static GenericChart Counted(HistogramData histogram)
    {
        double width = (histogram.To - histogram.From) / Bars;
        double Edge(int bar) => PlotlyStyle.Shown(histogram.From + (bar * width));
        var bars = Chart.Column<double, double, string>(
            histogram.Count(Bars).Select(count => (double)count), Keys: new(Enumerable.Range(0, Bars).Select(bar => Edge(bar) + (width / 2)), true),
            MultiText: new(Enumerable.Range(0, Bars).Select(bar => FormattableString.Invariant($"{Edge(bar)} to {Edge(bar + 1)}")), true),
            MarkerColor: Color.fromHex("#4477aa"), UseDefaults: false);
        return PlotlyStyle.Set(bars, ("hovertemplate", "%{text}: %{y}<extra></extra>"), ("textposition", "none"), ("width", width * 0.96));
    }

    private protected override (double Width, double Height) Draw(SvgCanvas canvas)
    {
        var (width, height) = (Math.Min(Columns, _histograms.Count) * Width, (_histograms.Count + Columns - 1) / Columns * Height);
        canvas.Rectangle(0, 0, width, height, "#fff");
        foreach (var (index, histogram) in _histograms.Index())
        {
            canvas.BeginGroup(index % Columns * Width, index / Columns * Height);
            DrawOne(canvas, histogram);
            canvas.EndGroup();
        }

        return (width, height);
    }

    private static void DrawOne(SvgCanvas canvas, HistogramData histogram)
    {
        var counts = histogram.Count(Bars);
        var (highest, bar, bottom) = (Math.Max(1, counts.Max()), (Width - (2 * Margin)) / Bars, Height - Foot);
        canvas.Text(Margin, 17, histogram.Title, bold: true);
        foreach (var (i, count) in counts.Index().Where(entry => entry.Item > 0))
        {
            // A bar of one frame among thousands is to be seen as well.
            var length = Math.Max(1, (bottom - Head) * count / highest);
            canvas.Rectangle(Margin + (i * bar) + 0.5, bottom - length, bar - 1, length, "#4477aa");
        }

        canvas.Line(Margin, bottom, Width - Margin, bottom, SvgCanvas.Faint);
        canvas.Text(Margin, bottom + 14, SvgCanvas.Number(histogram.From), 11, fill: SvgCanvas.Faint);
        canvas.Text(Width / 2, bottom + 14, SvgCanvas.Number((histogram.From + histogram.To) / 2), 11, "middle", SvgCanvas.Faint);
        canvas.Text(Width - Margin, bottom + 14, SvgCanvas.Number(histogram.To), 11, "end", SvgCanvas.Faint);
    }
}
