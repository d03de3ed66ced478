using Plotly.NET;

namespace PECHead.Research.Visualization;

/// <summary>A chart of Plotly.NET as a figure: it needs no network, and has a still picture for paper and for pages without scripts.</summary>
/// <remarks>
/// Charts are made with Plotly.NET's own functions, for example <c>Plotly.NET.CSharp.Chart.BoxPlot</c>; with <c>UseDefaults: false</c>
/// they take size, letters and colours of the other figures wherever their layout has no others.
/// </remarks>
public sealed class PlotlyFigure : InteractiveChart
{
    private readonly GenericChart _chart;
    private readonly Figure _still;

    /// <summary>Takes a chart.</summary>
    /// <param name="chart">What plotly.js draws.</param>
    /// <param name="still">What stands in its place where nothing moves, and what is saved as PNG, SVG and PDF.</param>
    public PlotlyFigure(GenericChart chart, Figure still)
    {
        ArgumentNullException.ThrowIfNull(chart);
        ArgumentNullException.ThrowIfNull(still);
        (_chart, _still) = (chart, still);
    }

    private protected override GenericChart Plot() => PlotlyStyle.Completed(_chart, width: 700, height: 380);

    private protected override (double Width, double Height) Draw(Sheet sheet) => _still.DrawBare(sheet);
}
