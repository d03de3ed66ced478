using System.Globalization;
using ScottPlot;
using ScottPlot.Rendering.RenderActions;

namespace PECHead.Research.Visualization;

/// <summary>Plots in the style of the figures.</summary>
internal static class Plots
{
    /// <summary>A plot that may be drawn over what stands on the sheet.</summary>
    public static Plot Create()
    {
        var plot = new Plot();
        plot.Font.Set(FigureFont.Name);
        (plot.FigureBackground.Color, plot.DataBackground.Color) = (Colors.Transparent, Colors.Transparent);
        plot.RenderManager.RenderActions.RemoveAll(action => action is ClearCanvas);
        plot.HideGrid();
        return plot;
    }

    /// <summary>A plot without axes, whose coordinates are given by its limits and fill it to the edge.</summary>
    public static Plot Bare(double left, double right, double bottom, double top)
    {
        var plot = Create();
        plot.Layout.Frameless();
        plot.Axes.SetLimits(left, right, bottom, top);
        return plot;
    }

    /// <summary>At most about <paramref name="count"/> round numbers, without smaller ticks between them.</summary>
    public static ITickGenerator RoundTicks(int count) => new ScottPlot.TickGenerators.NumericAutomatic
    {
        TargetTickCount = count,
        MinorTickGenerator = new ScottPlot.TickGenerators.EvenlySpacedMinorTickGenerator(1),
        LabelFormatter = Number,
    };

    /// <summary>The letters and colours of an axis.</summary>
    public static void Style(IAxis axis)
    {
        (axis.TickLabelStyle.FontName, axis.TickLabelStyle.FontSize, axis.TickLabelStyle.ForeColor) = (FigureFont.Name, 11, Sheet.Ink);
        (axis.Label.FontName, axis.Label.FontSize, axis.Label.Bold, axis.Label.ForeColor) = (FigureFont.Name, 12, false, Sheet.Ink);
        // ScottPlot sets digits beside a tick as if they reached below the line.
        axis.TickLabelStyle.OffsetY = axis.Edge is Edge.Left or Edge.Right ? 2 : 0;
        axis.FrameLineStyle.Color = axis.MajorTickStyle.Color = Sheet.Ink;
    }

    public static string Number(double value) => Math.Abs(value) switch
    {
        < 1e-12 => "0",
        >= 1e6 or < 1e-3 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
