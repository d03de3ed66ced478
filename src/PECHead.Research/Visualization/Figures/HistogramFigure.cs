using ScottPlot;
using ScottPlot.Statistics;
using Chart = Plotly.NET.CSharp.Chart;
using GenericChart = Plotly.NET.GenericChart;
using PlotlyColor = Plotly.NET.Color;

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
        var histogram = Histogram.WithBinCount(bars, From, To);
        histogram.IncludeOutliers = true;
        histogram.AddRange(Values.Where(value => !float.IsNaN(value)).Select(value => (double)value));
        return histogram.Counts;
    }
}

/// <summary>Small histograms side by side, each as high as its own fullest bar.</summary>
public sealed class HistogramFigure : InteractiveChart
{
    private const int Columns = 4;
    private const int Bars = 24;
    private const double Width = 230;
    private const double Height = 150;
    private const float Margin = 14;
    private const float Head = 26;
    private const float Foot = 20;
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
            MarkerColor: PlotlyColor.fromHex("#4477aa"), UseDefaults: false);
        return PlotlyStyle.Set(bars, ("hovertemplate", "%{text}: %{y}<extra></extra>"), ("textposition", "none"), ("width", width * 0.96));
    }

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        foreach (var (index, histogram) in _histograms.Index())
            DrawOne(sheet, histogram, index % Columns * Width, index / Columns * Height);
        return (Math.Min(Columns, _histograms.Count) * Width, (_histograms.Count + Columns - 1) / Columns * Height);
    }

    private static void DrawOne(Sheet sheet, HistogramData histogram, double left, double top)
    {
        var counts = histogram.Count(Bars);
        double highest = Math.Max(1, counts.Max()), bar = (histogram.To - histogram.From) / Bars;
        // A bar of one frame among thousands is to be seen as well.
        double least = highest / (Height - Head - Foot);
        using var plot = Plots.Create();
        Bar[] bars = [.. counts.Index().Where(entry => entry.Item > 0).Select(entry => new Bar
        {
            Position = histogram.From + (entry.Index + 0.5) * bar,
            Value = Math.Max(least, entry.Item),
            Size = 0.88 * bar,
            FillColor = Color.FromHex("#4477aa"),
            LineWidth = 0,
        })];
        plot.Add.Bars(bars);
        var axis = plot.Axes.Bottom;
        Plots.Style(axis);
        (axis.FrameLineStyle.Color, axis.TickLabelStyle.ForeColor, axis.MajorTickStyle.Length, axis.TickLabelStyle.OffsetY) = (Sheet.Faint, Sheet.Faint, 0, 2);
        double[] ticks = [histogram.From, (histogram.From + histogram.To) / 2, histogram.To];
        axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(ticks, [.. ticks.Select(Plots.Number)]);
        plot.Axes.Left.IsVisible = plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        plot.Axes.SetLimits(histogram.From, histogram.To, 0, highest);
        plot.Layout.Fixed(new PixelPadding(Margin, Margin, Foot, Head));
        sheet.Plot(plot, left, top, Width, Height);
        sheet.Text(left + Margin, top + 17, histogram.Title, bold: true);
    }
}
