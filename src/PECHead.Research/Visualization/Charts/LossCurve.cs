using System.Globalization;
using Plotly.NET;
using Chart = Plotly.NET.CSharp.Chart;

namespace PECHead.Research.Visualization;

/// <summary>Numbers over training steps; it may be drawn again and again while a training adds to it.</summary>
/// <remarks>
/// In a notebook: <c>var shown = display(curve);</c>, then in the loop <c>curve.Add(step, ("loss", loss)); shown.Update(curve);</c>.
/// Adding and drawing may happen on different threads. Memory is bounded: of very long curves neighbours are averaged.
/// </remarks>
public sealed class LossCurve : InteractiveChart
{
    private const double Left = 56;
    private const double Bottom = 40;
    private const double LegendGap = 14;
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
                Chart.Combine(lines.DefaultIfEmpty(Line("", [], Color.fromKeyword(ColorKeyword.Black), 1))), Width + 190, Height + 80, (64, 126, 30, 50),
                ("hovermode", "x unified"), ("showlegend", true),
                ("xaxis", PlotlyStyle.Of(("title", StepLabel), ("zeroline", false))),
                ("yaxis", PlotlyStyle.Of(("title", ValueLabel), ("zeroline", false), ("type", IsLogarithmic ? "log" : "linear"))));
        }
    }

    // A smoothed curve says its own numbers; the line it was made from only shows, and is switched with it.
    private IEnumerable<GenericChart> Lines(CurveSeries series, Color color)
    {
        if (Smoothing == 0) return [Line(series.Name, series.Points, color, 1.6)];
        var exact = PlotlyStyle.Set(Line(series.Name, series.Points, color, 1), ("opacity", 0.3), ("hoverinfo", "skip"), ("showlegend", false), ("legendgroup", series.Name));
        return [exact, PlotlyStyle.Set(Line(series.Name, series.Smoothed(Smoothing), color, 2), ("legendgroup", series.Name))];
    }

    private GenericChart Line(string name, IEnumerable<(double Step, double Value)> points, Color color, double width)
    {
        var shown = points.Where(point => !IsLogarithmic || point.Value > 0).ToList();
        return Chart.Scatter<string>(
            PlotlyStyle.Packed(shown.Select(point => point.Step)), PlotlyStyle.Packed(shown.Select(point => point.Value)), StyleParam.Mode.Lines,
            Name: name, LineColor: color, LineWidth: width, UseDefaults: false);
    }

    private protected override (double Width, double Height) Draw(SvgCanvas canvas)
    {
        lock (_lock)
        {
            var points = _series.SelectMany(series => series.Points).Where(point => !IsLogarithmic || point.Value > 0).ToArray();
            var steps = new PlotAxis(points.Select(p => p.Step).DefaultIfEmpty(0).Min(), points.Select(p => p.Step).DefaultIfEmpty(1).Max(), false, widen: false);
            var values = new PlotAxis(
                points.Select(p => p.Value).DefaultIfEmpty(IsLogarithmic ? 0.1 : 0).Min(), points.Select(p => p.Value).DefaultIfEmpty(1).Max(), IsLogarithmic, widen: true);
            DrawAxes(canvas, steps, values);
            for (int i = 0; i < _series.Count; i++)
                DrawSeries(canvas, _series[i], SvgCanvas.Css(IdentityColors.Color(i, _series.Count)), steps, values);
            return (Left + Width + DrawLegend(canvas), Height + Bottom);
        }
    }

    private void DrawAxes(SvgCanvas canvas, PlotAxis steps, PlotAxis values)
    {
        foreach (var (value, text) in values.Ticks())
        {
            double y = Height * (1 - values.Place(value));
            canvas.Line(Left, y, Left + Width, y, "#e3e3e3");
            canvas.Text(Left - 6, Math.Max(9, y + 4), text, size: 11, anchor: "end");
        }
        foreach (var (value, text) in steps.Ticks())
        {
            double x = Left + Width * steps.Place(value);
            canvas.Line(x, Height, x, Height + 4, SvgCanvas.Ink);
            canvas.Text(x, Height + 17, text, size: 11, anchor: "middle");
        }
        canvas.Polyline([(Left, 0), (Left, Height), (Left + Width, Height)], SvgCanvas.Ink);
        canvas.Text(Left + Width / 2.0, Height + 35, StepLabel, size: 12, anchor: "middle");
        canvas.Add($"""<text transform="translate(10 {Height / 2.0:0.##}) rotate(-90)" font-size="12" text-anchor="middle" fill="{SvgCanvas.Ink}">{SvgCanvas.Escape(ValueLabel)}</text>""");
    }

    private void DrawSeries(SvgCanvas canvas, CurveSeries series, string color, PlotAxis steps, PlotAxis values)
    {
        (double, double) At((double Step, double Value) point) =>
            (Left + Width * steps.Place(point.Step), Height * (1 - values.Place(point.Value)));
        if (Smoothing > 0)
        {
            canvas.Polyline(series.Points.Select(At), color, 1, opacity: 0.3);
            canvas.Polyline(series.Smoothed(Smoothing).Select(At), color, 2);
        }
        else
        {
            canvas.Polyline(series.Points.Select(At), color, 1.6);
        }
    }

    // Where the bold line ends; a number that is not finite shows, for no line can.
    private double Last(CurveSeries series)
        => Smoothing > 0 && double.IsFinite(series.Last) ? series.Smoothed(Smoothing).Select(point => point.Value).LastOrDefault(series.Last) : series.Last;

    /// <summary>Names and last values to the right of the plot; returns the width taken.</summary>
    private double DrawLegend(SvgCanvas canvas)
    {
        double widest = 0;
        for (int i = 0; i < _series.Count; i++)
        {
            double x = Left + Width + LegendGap, y = 14 + 20 * i;
            string text = $"{_series[i].Name}  {Last(_series[i]).ToString("G4", CultureInfo.InvariantCulture)}";
            canvas.Line(x, y - 4, x + 18, y - 4, SvgCanvas.Css(IdentityColors.Color(i, _series.Count)), 3);
            canvas.Text(x + 24, y, text, size: 12);
            widest = Math.Max(widest, SvgCanvas.WidthOf(text, 12));
        }
        return _series.Count > 0 ? LegendGap + 24 + widest : 8;
    }
}
