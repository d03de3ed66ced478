using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>The legend of a map: its colours beside their values.</summary>
internal static class ColorBar
{
    private const double Gap = 10;
    private const double Thickness = 14;

    /// <summary>Draws an upright bar, the maximum on top, to the right of what is <paramref name="x"/> wide; returns the width taken.</summary>
    public static double Draw(SvgCanvas canvas, double x, double y, double height, ColorMap colors, double minimum, double maximum, string label = "")
    {
        var strip = new RgbImage(1, 256);
        for (int i = 0; i < strip.Height; i++)
            strip[0, i] = colors.Color(1 - i / 255.0);
        double left = x + Gap;
        canvas.Add($"""<image x="{left:0.##}" y="{y:0.##}" width="{Thickness:0.##}" height="{height:0.##}" preserveAspectRatio="none" href="{SvgCanvas.DataAddress(strip)}"/>""");
        canvas.Rectangle(left, y, Thickness, height, "none", SvgCanvas.Ink, 0.75);
        var axis = new PlotAxis(minimum, maximum, isLogarithmic: false, widen: false);
        double widest = 0;
        foreach (var (value, text) in axis.Ticks())
        {
            double at = y + height * (1 - axis.Place(value));
            canvas.Line(left + Thickness, at, left + Thickness + 4, at, SvgCanvas.Ink, 0.75);
            canvas.Text(left + Thickness + 7, Math.Clamp(at + 4, y + 9, y + height), text, size: 11);
            widest = Math.Max(widest, SvgCanvas.WidthOf(text, 11));
        }
        double width = Gap + Thickness + 7 + widest;
        if (label.Length == 0)
            return width;
        canvas.Add($"""<text transform="translate({x + width + 13:0.##} {y + height / 2:0.##}) rotate(-90)" font-size="12" text-anchor="middle" fill="{SvgCanvas.Ink}">{SvgCanvas.Escape(label)}</text>""");
        return width + 18;
    }
}
