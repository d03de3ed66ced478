using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Draws points onto a picture, each with its own colour, the same in every picture.</summary>
internal static class KeypointOverlay
{
    private const double RimWidth = 1;
    private static readonly ScottPlot.Color Rim = new(16, 16, 16);

    /// <summary>Draws discs with a dark rim, smooth at the edge.</summary>
    /// <param name="image">The picture; it is not changed.</param>
    /// <param name="positions">[K, 2], (x, y) in [-1, 1]; points outside are cut off.</param>
    /// <param name="radiusPixels">Radius of a disc; null: a 40th of the width, at least 1.5.</param>
    /// <returns>A new picture.</returns>
    public static RgbImage Draw(RgbImage image, Tensor positions, double? radiusPixels = null)
    {
        double radius = radiusPixels ?? Math.Max(1.5, image.Width / 40.0);
        var points = new PointSet(positions, nameof(positions));
        var box = new PictureBox(0, 0, image.Width, image.Width, image.Height);
        return Pixels.Draw(image, sheet =>
        {
            for (int k = 0; k < points.Count; k++)
            {
                var (x, y) = points.In(box, k);
                if (!double.IsNaN(x))
                    sheet.Circle(x, y, radius + RimWidth / 2, Sheet.Of(Color(k, points.Count)), Rim, RimWidth);
            }
        });
    }

    /// <summary>The colour of point <paramref name="index"/> of <paramref name="count"/>, as <see cref="IdentityColors"/>.</summary>
    /// <param name="index">0 to count − 1.</param>
    /// <param name="count">Number of points.</param>
    public static (byte R, byte G, byte B) Color(int index, int count) => IdentityColors.Color(index, count);
}
