using PECHead.Research.Data;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Draws points onto a picture, each with its own colour, the same in every picture.</summary>
internal static class KeypointOverlay
{
    private const double RimWidth = 1;
    private static readonly (byte R, byte G, byte B) Rim = (16, 16, 16);

    /// <summary>Draws discs with a dark rim, smooth at the edge.</summary>
    /// <param name="image">The picture; it is not changed.</param>
    /// <param name="positions">[K, 2], (x, y) in [-1, 1]; points outside are cut off.</param>
    /// <param name="radiusPixels">Radius of a disc; null: a 40th of the width, at least 1.5.</param>
    /// <returns>A new picture.</returns>
    public static RgbImage Draw(RgbImage image, Tensor positions, double? radiusPixels = null)
    {
        TensorGuard.Shape(positions, nameof(positions), TensorGuard.Any, 2);
        double radius = radiusPixels ?? Math.Max(1.5, image.Width / 40.0);
        var drawn = new RgbImage(image.Width, image.Height, image.Pixels.ToArray());
        float[] values = FrameImage.Values(positions);
        int count = values.Length / 2;
        for (int k = 0; k < count; k++)
        {
            double x = (values[2 * k] + 1) / 2 * (image.Width - 1);
            double y = (values[2 * k + 1] + 1) / 2 * (image.Height - 1);
            if (!double.IsFinite(x) || !double.IsFinite(y))
                continue;
            DrawDisc(drawn, x, y, radius + RimWidth, Rim);
            DrawDisc(drawn, x, y, radius, Color(k, count));
        }
        return drawn;
    }

    /// <summary>The colour of point <paramref name="index"/> of <paramref name="count"/>, as <see cref="IdentityColors"/>.</summary>
    /// <param name="index">0 to count − 1.</param>
    /// <param name="count">Number of points.</param>
    public static (byte R, byte G, byte B) Color(int index, int count) => IdentityColors.Color(index, count);

    private static void DrawDisc(RgbImage image, double centreX, double centreY, double radius, (byte R, byte G, byte B) color)
    {
        int left = (int)Math.Max(0, Math.Floor(centreX - radius - 1));
        int right = (int)Math.Min(image.Width - 1, Math.Ceiling(centreX + radius + 1));
        int top = (int)Math.Max(0, Math.Floor(centreY - radius - 1));
        int bottom = (int)Math.Min(image.Height - 1, Math.Ceiling(centreY + radius + 1));
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                double distance = Math.Sqrt((x - centreX) * (x - centreX) + (y - centreY) * (y - centreY));
                double coverage = Math.Clamp(radius + 0.5 - distance, 0, 1);
                image[x, y] = Mix(image[x, y], color, coverage);
            }
        }
    }

    private static (byte R, byte G, byte B) Mix((byte R, byte G, byte B) under, (byte R, byte G, byte B) over, double coverage)
    {
        byte Channel(byte a, byte b) => (byte)Math.Round(a + (b - a) * coverage);
        return (Channel(under.R, over.R), Channel(under.G, over.G), Channel(under.B, over.B));
    }
}
