using ScottPlot;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>The letters of figures: DejaVu Sans out of the assembly, the same on every system.</summary>
internal sealed class FigureFont : IFontResolver
{
    /// <summary>What the font is called inside of SVG and PDF.</summary>
    public const string Family = "DejaVu Sans";

    /// <summary>What ScottPlot finds it by; a name of its own, since the system may have another cut of the same family.</summary>
    public const string Name = "PECHead.Research";

    private static readonly SKTypeface Regular = Load("dejavu-sans.ttf");
    private static readonly SKTypeface Bold = Load("dejavu-sans-bold.ttf");

    /// <summary>Makes the font known to ScottPlot, and the default of other plots where Skia sees no font of the system (on Linux).</summary>
    public static void Register()
    {
        Fonts.FontResolvers.Insert(0, new FigureFont());
        if (SKFontManager.Default.FontFamilyCount == 0)
            Fonts.Default = Name;
    }

    public static SKTypeface Typeface(bool bold) => bold ? Bold : Regular;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Typeface(bold) : null;

    private static SKTypeface Load(string name)
    {
        // Skia reads letters when it draws them: it needs bytes of its own.
        using var stream = typeof(FigureFont).Assembly.GetManifestResourceStream("PECHead.Research.Visualization." + name);
        using var bytes = SKData.Create(stream);
        return SKTypeface.FromData(bytes) ?? throw new InvalidOperationException($"The assembly has no font {name}.");
    }
}
