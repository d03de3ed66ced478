using ScottPlot;

namespace PECHead.Research.Visualization;

/// <summary>The legend of a map: its colours beside their values.</summary>
internal static class ColorBar
{
    private const double Gap = 10;
    private const float Thickness = 14;

    /// <summary>Draws an upright bar, the maximum on top, to the right of what is <paramref name="x"/> wide; returns the width taken.</summary>
    public static double Draw(Sheet sheet, double x, double y, double height, ColorMap colors, double minimum, double maximum, string label = "")
    {
        const float Overhang = 12;      // half a line of text above and below the ends
        using var plot = Plots.Create();
        plot.HideAxesAndGrid();
        var bar = new ScottPlot.Panels.ColorBar(new Scale(colors.Colormap, new(minimum, maximum))) { Width = Thickness, Label = label };
        bar.Axis.TickGenerator = Plots.RoundTicks((int)Math.Clamp(height / 14, 3, 8));
        Plots.Style(bar.Axis);
        (bar.LabelStyle.Rotation, bar.LabelStyle.Alignment) = (-90, ScottPlot.Alignment.LowerCenter);
        plot.Axes.AddPanel(bar);
        using var paint = Paint.NewDisposablePaint();
        float taken = bar.Measure(paint);
        plot.Layout.Fixed(new PixelPadding(0, taken, Overhang, Overhang));
        sheet.Plot(plot, x + Gap - 1, y - Overhang, taken + 1, height + 2 * Overhang);
        sheet.Rectangle(x + Gap, y, Thickness, height, fill: null, Sheet.Ink, 0.75);
        return Gap + taken;
    }

    private sealed record Scale(IColormap Colormap, ScottPlot.Range Range) : IHasColorAxis
    {
        public ScottPlot.Range GetRange() => Range;
    }
}
