namespace PECHead.Research.Visualization;

/// <summary>Turns a number from 0 to 1 into a colour.</summary>
/// <remarks>
/// The colours are matplotlib's at 17 places, linear between them. In the sequential ones lightness rises evenly, so the
/// order of values is seen, also in print and with impaired colour vision.
/// </remarks>
public sealed class ColorMap
{
    private ColorMap(string name, params (byte R, byte G, byte B)[] anchors) =>
        (Name, Colormap) = (name, new ScottPlot.Colormaps.CustomInterpolated([.. anchors.Select(Sheet.Of)]));

    /// <summary>Violet over green to yellow: the default.</summary>
    public static ColorMap Viridis { get; } = new("viridis",
        (68, 1, 84), (72, 24, 106), (71, 45, 123), (66, 64, 134), (59, 82, 139), (51, 99, 141),
        (44, 114, 142), (38, 130, 142), (33, 145, 140), (31, 160, 136), (40, 174, 128), (63, 188, 115),
        (94, 201, 98), (132, 212, 75), (173, 220, 48), (216, 226, 25), (253, 231, 37));

    /// <summary>Blue over grey to yellow: the same to all eyes.</summary>
    public static ColorMap Cividis { get; } = new("cividis",
        (0, 34, 78), (0, 46, 106), (26, 56, 111), (50, 67, 109), (67, 78, 108), (83, 90, 109),
        (97, 101, 111), (111, 112, 115), (125, 124, 120), (140, 136, 120), (155, 148, 118), (171, 160, 114),
        (188, 174, 108), (205, 187, 99), (222, 201, 88), (240, 216, 70), (254, 232, 56));

    /// <summary>Black over purple to near white: zero is dark, for errors.</summary>
    public static ColorMap Magma { get; } = new("magma",
        (0, 0, 4), (10, 8, 34), (29, 17, 71), (54, 16, 107), (81, 18, 124), (106, 28, 129),
        (131, 38, 129), (156, 46, 127), (183, 55, 121), (208, 65, 111), (231, 82, 99), (245, 107, 92),
        (252, 137, 97), (254, 167, 114), (254, 196, 136), (253, 226, 163), (252, 253, 191));

    /// <summary>Blue over white (0.5) to red: for values with a sign, on a range that is symmetric about 0.</summary>
    public static ColorMap BlueRed { get; } = new("blue-red",
        (5, 48, 97), (23, 82, 144), (42, 113, 178), (63, 142, 192), (107, 172, 209), (155, 201, 224),
        (194, 221, 236), (224, 236, 243), (247, 246, 246), (251, 229, 216), (251, 204, 180), (245, 170, 137),
        (228, 128, 102), (208, 85, 72), (186, 40, 50), (147, 14, 38), (103, 0, 31));

    /// <summary>What the map is called in the literature.</summary>
    public string Name { get; }

    /// <summary>The colour of one value.</summary>
    /// <param name="value">0 to 1; clipped, and NaN counts as 0.</param>
    public (byte R, byte G, byte B) Color(double value)
    {
        var color = Colormap.GetColor(double.IsNaN(value) ? 0 : value);
        return (color.R, color.G, color.B);
    }

    /// <summary>The same colours for ScottPlot.</summary>
    internal ScottPlot.IColormap Colormap { get; }
}
