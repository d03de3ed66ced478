using PECHead.Research.Data;
using ScottPlot;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>What a figure is drawn on: y down, units are pixels at 96 per inch.</summary>
/// <param name="canvas">Skia's canvas.</param>
/// <param name="medium">What it becomes.</param>
internal sealed class Sheet(SKCanvas canvas, Medium medium)
{
    public const double TextSize = 13;
    public static readonly Color Ink = Color.FromHex("#111111");
    public static readonly Color Faint = Color.FromHex("#666666");

    public static Color Of((byte R, byte G, byte B) color) => new(color.R, color.G, color.B);

    public static double WidthOf(string text, double size = TextSize, bool bold = false)
    {
        using var font = Font(size, bold);
        return font.MeasureText(text);
    }

    /// <summary>A line of text on its baseline.</summary>
    public void Text(
        double x, double y, string text, double size = TextSize, SKTextAlign align = SKTextAlign.Left, Color? color = null, bool bold = false, double turn = 0)
    {
        using var font = Font(size, bold);
        using var paint = new SKPaint { Color = (color ?? Ink).ToSKColor(), IsAntialias = true };
        canvas.Save();
        canvas.Translate((float)x, (float)y);
        canvas.RotateDegrees((float)turn);
        Draw(text, align, font, paint);
        canvas.Restore();
    }

    /// <summary>Text on a picture, centred: readable on any colour through a light rim.</summary>
    public void Label(double x, double y, string text, double size)
    {
        using var font = Font(size, bold: false);
        using var rim = new SKPaint { Color = SKColors.White, IsAntialias = true, IsStroke = true, StrokeWidth = (float)(size / 4.5), StrokeJoin = SKStrokeJoin.Round };
        canvas.Save();
        canvas.Translate((float)x, (float)y);
        Draw(text, SKTextAlign.Center, font, rim);
        canvas.Restore();
        Text(x, y, text, size, SKTextAlign.Center, Colors.Black);
    }

    public void Rectangle(double x, double y, double width, double height, Color? fill, Color? stroke = null, double strokeWidth = 1) =>
        Shape(fill, stroke, strokeWidth, paint => canvas.DrawRect((float)x, (float)y, (float)width, (float)height, paint));

    public void Circle(double x, double y, double radius, Color? fill, Color stroke, double strokeWidth = 1) =>
        Shape(fill, stroke, strokeWidth, paint => canvas.DrawCircle((float)x, (float)y, (float)radius, paint));

    public void Line(double x1, double y1, double x2, double y2, Color color, double width = 1) =>
        Shape(null, color, width, paint => canvas.DrawLine((float)x1, (float)y1, (float)x2, (float)y2, paint));

    /// <summary>A picture at the origin, or a blank of its proportions; returns where it lies.</summary>
    public PictureBox Ground(RgbImage? image, double width, int blankColumns, int blankRows)
    {
        var box = new PictureBox(0, 0, width, image?.Width ?? blankColumns, image?.Height ?? blankRows);
        if (image is null)
            Rectangle(0, 0, box.Width, box.Height, Color.FromHex("#f8f8f8"), Color.FromHex("#cccccc"));
        else
            Photograph(image, 0, 0, box.Width, box.Height);
        return box;
    }

    /// <summary>A picture, smoothly resized and fitted into the box.</summary>
    public void Photograph(RgbImage image, double x, double y, double width, double height)
    {
        double scale = Math.Min(width / image.Width, height / image.Height);
        var (drawnWidth, drawnHeight) = (image.Width * scale, image.Height * scale);
        using var pixels = Pixels.Of(image, isPhotograph: true, asJpeg: medium == Medium.Pdf);
        // A cubic filter sees four pixels across: enough to enlarge, too few to make small.
        var sampling = scale < 1 ? new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear) : new SKSamplingOptions(SKCubicResampler.Mitchell);
        Draw(pixels, x + (width - drawnWidth) / 2, y + (height - drawnHeight) / 2, drawnWidth, drawnHeight, sampling);
    }

    /// <summary>A map whose pixels stay visible squares.</summary>
    public void Map(RgbImage image, double x, double y, double width, double height)
    {
        using var pixels = Pixels.Of(image, isPhotograph: false);
        Draw(pixels, x, y, width, height, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>A plot that fills a box; what it covers shows through.</summary>
    public void Plot(Plot plot, double x, double y, double width, double height)
    {
        var box = new PixelRect((float)x, (float)(x + width), (float)(y + height), (float)y);
        // Plot.Render would first wipe the whole canvas; these are the steps that follow.
        using var pack = new RenderPack(plot, box, canvas);
        foreach (var step in plot.RenderManager.RenderActions)
        {
            pack.CanvasState.Save();
            step.Render(pack);
            pack.CanvasState.RestoreAll();
        }
    }

    /// <summary>The legend of a plot, beside it.</summary>
    public void Legend(Legend legend, double x, double y, double width, double height)
    {
        using var paint = Paint.NewDisposablePaint();
        canvas.Save();
        canvas.Translate((float)x, (float)y);
        legend.Render(canvas, paint, new PixelRect(0, (float)width, (float)height, 0), ScottPlot.Alignment.UpperLeft);
        canvas.Restore();
    }

    /// <summary>What is drawn by <paramref name="draw"/> is cut off at the box.</summary>
    public void Clipped(PictureBox box, Action draw)
    {
        canvas.Save();
        canvas.ClipRect(SKRect.Create((float)box.X, (float)box.Y, (float)box.Width, (float)box.Height));
        draw();
        canvas.Restore();
    }

    /// <summary>Another figure, as a part.</summary>
    public (double Width, double Height) Figure(Figure figure, double x, double y)
    {
        using var part = figure.Compose(medium);
        canvas.DrawPicture(part.Picture, (float)x, (float)y);
        return (part.Width, part.Height);
    }

    private static void Shape(Color? fill, Color? stroke, double strokeWidth, Action<SKPaint> draw)
    {
        foreach (var (color, isStroke) in new[] { (fill, false), (stroke, true) })
        {
            if (color is not { } ink)
                continue;
            using var paint = new SKPaint { IsAntialias = true, Color = ink.ToSKColor(), IsStroke = isStroke, StrokeWidth = (float)strokeWidth };
            draw(paint);
        }
    }

    private static SKFont Font(double size, bool bold) =>
        new(FigureFont.Typeface(bold), (float)size) { Subpixel = true, Hinting = SKFontHinting.None };

    // As pixels, Skia's own letters come out thin; their outlines do not.
    private void Draw(string text, SKTextAlign align, SKFont font, SKPaint paint)
    {
        if (medium != Medium.Pixels)
        {
            canvas.DrawText(text, 0, 0, align, font, paint);
            return;
        }
        float left = align switch { SKTextAlign.Center => -font.MeasureText(text) / 2, SKTextAlign.Right => -font.MeasureText(text), _ => 0 };
        using var outlines = font.GetTextPath(text, new SKPoint(left, 0));
        canvas.DrawPath(outlines, paint);
    }

    private void Draw(SKImage pixels, double x, double y, double width, double height, SKSamplingOptions sampling) =>
        canvas.DrawImage(pixels, SKRect.Create((float)x, (float)y, (float)width, (float)height), sampling);
}
