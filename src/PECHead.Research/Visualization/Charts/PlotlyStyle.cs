using Plotly.NET;
using Chart = Plotly.NET.CSharp.Chart;

namespace PECHead.Research.Visualization;

/// <summary>Charts of plotly.js in the colours and letters of the still figures.</summary>
internal static class PlotlyStyle
{
    /// <summary>Six digits: what a reader can see, in a third of the characters.</summary>
    public static double Shown(double value) => double.IsFinite(value) && value != 0
        ? double.Parse(value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture)
        : value;

    /// <summary>Many numbers in float32 and Base64: two thirds of the characters and a tenth of the time of text, for curves that are redrawn while they grow.</summary>
    public static EncodedTypedArray Packed(IEnumerable<double> values) => EncodedTypedArray.ofFloat32Array([.. values.Select(value => (float)value)], null);

    public static Color ColorOf((byte R, byte G, byte B) color) => Color.fromRGB(color.R, color.G, color.B);

    /// <summary>Charts side by side, each with axes of its own and a title.</summary>
    /// <param name="charts">In rows.</param>
    /// <param name="titles">One a chart.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="gap">Share of a chart's width that is left for its labels.</param>
    public static GenericChart Grid(IReadOnlyList<GenericChart> charts, IReadOnlyList<string> titles, int columns, double gap = 0.2)
    {
        int across = Math.Min(columns, charts.Count), rows = (charts.Count + across - 1) / across;
        return Chart.Grid(charts, rows, across, SubPlotTitles: new(titles, true), Pattern: StyleParam.LayoutGridPattern.Independent, XGap: gap);
    }

    /// <summary>Sets size, letters and what a whole chart has.</summary>
    /// <param name="chart">Any.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="margin">Left, right, top and bottom of the axes, pixels.</param>
    /// <param name="further">Names of plotly.js's layout and their values.</param>
    public static GenericChart Laid(GenericChart chart, double width, double height, (int Left, int Right, int Top, int Bottom) margin, params IEnumerable<(string Name, object Value)> further)
    {
        var layout = House(width, height, margin);
        foreach (var (name, value) in further) layout.SetProperty(name, value);
        return GenericChart.addLayout(layout, chart);
    }

    /// <summary>Sets size, letters and colours where the chart's layout has none.</summary>
    /// <param name="chart">Stays as it is.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static GenericChart Completed(GenericChart chart, double width, double height)
    {
        var layout = House(width, height, (80, 30, 30, 50));
        layout.SetProperty("colorway", Enumerable.Range(0, 7).Select(i => ColorOf(IdentityColors.Color(i, 7))).ToArray());
        GenericChart.getLayout(chart).ShallowCopyDynamicPropertiesTo(layout, overWrite: true);
        return GenericChart.setLayout(layout, chart);
    }

    private static Layout House(double width, double height, (int Left, int Right, int Top, int Bottom) margin)
    {
        var layout = new Layout();
        layout.SetProperty("width", Math.Round(width));
        layout.SetProperty("height", Math.Round(height));
        layout.SetProperty("margin", Of(("l", margin.Left), ("r", margin.Right), ("t", margin.Top), ("b", margin.Bottom)));
        layout.SetProperty("font", Of(("family", "DejaVu Sans, Verdana, sans-serif"), ("size", 12), ("color", "#111")));
        return layout;
    }

    /// <summary>Sets what plotly.js knows of every trace of a chart.</summary>
    public static GenericChart Set(GenericChart chart, params (string Name, object Value)[] values)
    {
        foreach (var trace in GenericChart.getTraces(chart))
        {
            foreach (var (name, value) in values) trace.SetProperty(name, value);
        }
        return chart;
    }

    /// <summary>An object of plotly.js.</summary>
    public static DynamicObj.DynamicObj Of(params IEnumerable<(string Name, object Value)> values)
    {
        var made = new DynamicObj.DynamicObj();
        foreach (var (name, value) in values) made.SetProperty(name, value);
        return made;
    }
}
