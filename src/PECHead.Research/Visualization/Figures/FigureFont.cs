using ScottPlot;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>The letters of figures: DejaVu Sans out of the assembly, the same on every system.</summary>
internal sealed class FigureFont : IFontResolver
{
    public const string Family = "DejaVu Sans";

    private static readonly SKTypeface Regular = Load("dejavu-sans.ttf");
    private static readonly SKTypeface Bold = Load("dejavu-sans-bold.ttf");

    public static SKTypeface Typeface(bool bold) => bold ? Bold : Regular;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Family ? Typeface(bold) : null;

    private static SKTypeface Load(string name)
    {
        // Skia reads letters when it draws them: it needs bytes of its own.
        using var stream = typeof(FigureFont).Assembly.GetManifestResourceStream("PECHead.Research.Visualization." + name);
        using var bytes = SKData.Create(stream);
        return SKTypeface.FromData(bytes) ?? throw new InvalidOperationException($"The assembly has no font {name}.");
    }
}
