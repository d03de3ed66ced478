using System.Globalization;
using ScottPlot;
using Chart = Plotly.NET.CSharp.Chart;
using ColorKeyword = Plotly.NET.ColorKeyword;
using GenericChart = Plotly.NET.GenericChart;
using PlotlyColor = Plotly.NET.Color;
using StyleParam = Plotly.NET.StyleParam;

namespace PECHead.Research.Visualization;

/// <summary>Numbers over training steps; it may be drawn again and again while a training adds to it.</summary>
/// <remarks>
/// In a notebook: <c>var shown = display(curve);</c>, then in the loop <c>curve.Add(step, ("loss", loss)); shown.Update(curve);</c>.
/// Adding and drawing may happen on different threads. Memory is bounded: of very long curves neighbours are averaged.
/// </remarks>
public sealed class LossCurve : InteractiveChart
{
    private const float Left = 56;
    private const float Bottom = 40;
    private const float Edge = 8;         // half a line of text beyond the ends of the axes
    private readonly Lock _lock = new();
    private readonly List<CurveSeries> _series = [];

    /// <summary>Width of the plot without its legend, pixels.</summary>
    public int Width { get; init; } = 520;

    /// <summary>Height of the plot, pixels.</summary>
    public int Height { get; init; } = 280;

    /// <summary>Logarithmic values; those of zero and below are left out.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Weight of the past in the bold line, 0 (none: the numbers themselves) to below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another weight.</exception>
    public double Smoothing
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, 1);
            field = value;
        }
    }

    /// <summary>Name of the lower axis.</summary>
    public string StepLabel { get; init; } = "step";

    /// <summary>Name of the left axis.</summary>
    public string ValueLabel { get; init; } = "loss";

    /// <summary>Adds numbers.</summary>
    /// <param name="step">Not before the last one.</param>
    /// <param name="values">By name; a new name starts a new curve. Those that are not finite leave a note in the legend only.</param>
    public void Add(double step, params IEnumerable<(string Name, double Value)> values)
    {
        lock (_lock)
        {
            foreach (var (name, value) in values)
            {
                var series = _series.Find(series => series.Name == name);
                if (series is null)
                    _series.Add(series = new CurveSeries(name));
                series.Add(step, value);
            }
        }
    }

    /// <summary>Adds numbers.</summary>
    /// <param name="step">Not before the last one.</param>
    /// <param name="values">By name.</param>
    public void Add(double step, IReadOnlyDictionary<string, double> values) => Add(step, values.Select(value => (value.Key, value.Value)));

    private protected override GenericChart Plot()
    {
        lock (_lock)
        {
            var lines = _series.Index().SelectMany(series => Lines(series.Item, PlotlyStyle.ColorOf(IdentityColors.Color(series.Index, _series.Count))));
            return PlotlyStyle.Laid(
                Chart.Combine(lines.DefaultIfEmpty(Line("", [], PlotlyColor.fromKeyword(ColorKeyword.Black), 1))), Width + 190, Height + 80, (64, 126, 30, 50),
                ("hovermode", "x unified"), ("showlegend", true),
                ("xaxis", PlotlyStyle.Of(("title", StepLabel), ("zeroline", false))),
                ("yaxis", PlotlyStyle.Of(("title", ValueLabel), ("zeroline", false), ("type", IsLogarithmic ? "log" : "linear"))));
        }
    }

    // A smoothed curve says its own numbers; the line it was made from only shows, and is switched with it.
    private IEnumerable<GenericChart> Lines(CurveSeries series, PlotlyColor color)
    {
        if (Smoothing == 0) return [Line(series.Name, series.Points, color, 1.6)];
        var exact = PlotlyStyle.Set(Line(series.Name, series.Points, color, 1), ("opacity", 0.3), ("hoverinfo", "skip"), ("showlegend", false), ("legendgroup", series.Name));
        return [exact, PlotlyStyle.Set(Line(series.Name, series.Smoothed(Smoothing), color, 2), ("legendgroup", series.Name))];
    }

    private GenericChart Line(string name, IEnumerable<(double Step, double Value)> points, PlotlyColor color, double width)
    {
        var shown = points.Where(point => !IsLogarithmic || point.Value > 0).ToList();
        return Chart.Scatter<string>(
            PlotlyStyle.Packed(shown.Select(point => point.Step)), PlotlyStyle.Packed(shown.Select(point => point.Value)), StyleParam.Mode.Lines,
            Name: name, LineColor: color, LineWidth: width, UseDefaults: false);
    }

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        lock (_lock)
        {
            using var plot = Plots.Create();
            for (int i = 0; i < _series.Count; i++)
                AddSeries(plot, _series[i], Sheet.Of(IdentityColors.Color(i, _series.Count)));
            ScaleAxes(plot);
            double legend = _series.Count > 0 ? DrawLegend(sheet, plot) : Edge;
            plot.Layout.Fixed(new PixelPadding(Left, Edge, Bottom, Edge));
            sheet.Plot(plot, 0, -Edge, Left + Width + Edge, Height + Bottom + Edge);
            return (Left + Width + legend, Height + Bottom);
        }
    }

    private void AddSeries(Plot plot, CurveSeries series, Color color)
    {
        void Add(IEnumerable<(double Step, double Value)> points, Color ink, float width)
        {
            Coordinates[] line = [.. points.Where(point => !IsLogarithmic || point.Value > 0)
                .Select(point => new Coordinates(point.Step, IsLogarithmic ? Math.Log10(point.Value) : point.Value))];
            if (line.Length > 0)
                plot.Add.ScatterLine(line, ink).LineWidth = width;
        }
        Add(series.Points, Smoothing > 0 ? color.WithAlpha(0.3) : color, Smoothing > 0 ? 1 : 1.6f);
        if (Smoothing > 0)
            Add(series.Smoothed(Smoothing), color, 2);
        plot.Legend.ManualItems.Add(new LegendItem
        {
            LabelText = $"{series.Name}  {Last(series).ToString("G4", CultureInfo.InvariantCulture)}",
            LineColor = color,
            LineWidth = 3,
        });
    }

    private void ScaleAxes(Plot plot)
    {
        plot.Axes.Margins(horizontal: 0, vertical: 0.1);
        plot.Axes.AutoScale();
        if (!plot.GetPlottables().Any())
            plot.Axes.SetLimits(0, 1, IsLogarithmic ? -1 : 0, IsLogarithmic ? 0 : 1);
        // Losses that come near to zero stand on zero.
        double least = _series.SelectMany(series => series.Points).Select(point => point.Value).DefaultIfEmpty(1).Min();
        if (!IsLogarithmic && least >= 0 && least < 0.3 * plot.Axes.GetLimits().Top)
            plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        var (steps, values) = (plot.Axes.Bottom, plot.Axes.Left);
        Plots.Style(steps);
        Plots.Style(values);
        (steps.Label.Text, values.Label.Text) = (StepLabel, ValueLabel);
        (steps.TickGenerator, values.TickGenerator) = (Plots.RoundTicks(8), IsLogarithmic ? new PowerTicks() : Plots.RoundTicks(8));
        plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        plot.ShowGrid();
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.MajorLineColor = Color.FromHex("#e3e3e3");
    }

    // Where the bold line ends; a number that is not finite shows, for no line can.
    private double Last(CurveSeries series)
        => Smoothing > 0 && double.IsFinite(series.Last) ? series.Smoothed(Smoothing).Select(point => point.Value).LastOrDefault(series.Last) : series.Last;

    /// <summary>Names and last values to the right of the plot; returns the width taken.</summary>
    private double DrawLegend(Sheet sheet, Plot plot)
    {
        var legend = plot.Legend;
        (legend.FontName, legend.FontSize, legend.FontColor) = (FigureFont.Name, 12, Sheet.Ink);
        (legend.OutlineWidth, legend.BackgroundColor, legend.ShadowColor) = (0, Colors.Transparent, Colors.Transparent);
        using var paint = Paint.NewDisposablePaint();
        var size = legend.GetLayout(new PixelSize(2000, 2000), paint).LegendRect.Size;
        sheet.Legend(legend, Left + Width + Edge, 0, size.Width, size.Height);
        legend.IsVisible = false;
        return Edge + size.Width;
    }
}
