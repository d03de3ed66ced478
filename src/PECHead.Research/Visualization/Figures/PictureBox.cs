namespace PECHead.Research.Visualization;

/// <summary>Where a picture lies in a drawing, and how its coordinates become those of the drawing.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Drawn width.</param>
/// <param name="Columns">Pixels of the picture in a row.</param>
/// <param name="Rows">Rows of the picture.</param>
internal readonly record struct PictureBox(double X, double Y, double Width, int Columns, int Rows)
{
    /// <summary>Drawn height where the pixels are not square: a map of other proportions over a frame. 0: they are.</summary>
    public double Stretch { get; init; }

    /// <summary>A box in the units of the drawing, without a picture.</summary>
    public static PictureBox Blank(double x, double y, double width, double height) => new(x, y, width, 1, 1) { Stretch = height };

    public double Height => Stretch > 0 ? Stretch : Width * Rows / Columns;

    /// <summary>The middle of a pixel; (−0.5, −0.5) is the upper left corner of the picture.</summary>
    public (double X, double Y) AtPixel(double column, double row) =>
        (X + (column + 0.5) * Width / Columns, Y + (row + 0.5) * Height / Rows);

    /// <summary>A position in [-1, 1], whose ends are the middles of the border pixels.</summary>
    public (double X, double Y) AtNormalised(double x, double y) =>
        AtPixel((x + 1) / 2 * (Columns - 1), (y + 1) / 2 * (Rows - 1));
}
