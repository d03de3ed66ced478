using ScottPlot;

namespace PECHead.Research.Visualization;

/// <summary>Lines, points and labels in the units of the drawing, cut off at a box: a plot of ScottPlot without axes.</summary>
internal sealed class Overlay
{
    private readonly PictureBox _box;
    private readonly Plot _plot;
    private readonly List<(double X, double Y, string Text, double Size)> _labels = [];

    // Coordinates of plots grow upwards, those of drawings downwards.
    public Overlay(PictureBox box) => (_box, _plot) = (box, Plots.Bare(box.X, box.X + box.Width, -(box.Y + box.Height), -box.Y));

    /// <summary>Lines through points; a point that is not finite breaks the line.</summary>
    public void Polyline(IEnumerable<(double X, double Y)> points, Color color, double width = 1, bool closed = false)
    {
        Coordinates[] line = [.. points.Select(point => double.IsFinite(point.X) && double.IsFinite(point.Y) ? new Coordinates(point.X, -point.Y) : Coordinates.NaN)];
        if (line.Length == 0)
            return;
        var drawn = _plot.Add.ScatterLine(closed ? [.. line, line[0]] : line, color);
        drawn.LineWidth = (float)width;
    }

    public void Circle(double x, double y, double radius, Color fill, Color stroke, double strokeWidth = 1)
    {
        if (!double.IsFinite(x) || !double.IsFinite(y))
            return;
        var marker = _plot.Add.Marker(x, -y, MarkerShape.FilledCircle, (float)(2 * radius), fill);
        marker.MarkerStyle.OutlineColor = stroke;
        marker.MarkerStyle.OutlineWidth = (float)strokeWidth;
    }

    public void Rectangle(double x, double y, double width, double height, Color stroke, double strokeWidth = 1)
    {
        var drawn = _plot.Add.Rectangle(x, x + width, -(y + height), -y);
        (drawn.FillColor, drawn.LineColor, drawn.LineWidth) = (Colors.Transparent, stroke, (float)strokeWidth);
    }

    /// <summary>Text above all lines and points.</summary>
    public void Label(double x, double y, string text, double size) => _labels.Add((x, y, text, size));

    public void DrawOn(Sheet sheet)
    {
        using (_plot)
            sheet.Plot(_plot, _box.X, _box.Y, _box.Width, _box.Height);
        sheet.Clipped(_box, () => _labels.ForEach(label => sheet.Label(label.X, label.Y, label.Text, label.Size)));
    }
}
