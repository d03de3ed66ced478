using PECHead.Research.Data;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Shows a map of numbers from 0 (dark violet) to 1 (yellow).</summary>
/// <remarks>
/// The colours are matplotlib's viridis at 17 places, linear between them: lightness rises evenly, so the order of
/// values is seen, also in print and with impaired colour vision.
/// </remarks>
public static class MapColors
{
    private static readonly (byte R, byte G, byte B)[] Anchors =
    [
        (68, 1, 84), (72, 24, 106), (71, 45, 123), (66, 64, 134), (59, 82, 139), (51, 99, 141),
        (44, 114, 142), (38, 130, 142), (33, 145, 140), (31, 160, 136), (40, 174, 128), (63, 188, 115),
        (94, 201, 98), (132, 212, 75), (173, 220, 48), (216, 226, 25), (253, 231, 37),
    ];

    /// <summary>Colours a map, for example an occlusion.</summary>
    /// <param name="map">[h, w]; values outside of [0, 1] are clipped.</param>
    /// <returns>w × h pixels.</returns>
    public static RgbImage Render(Tensor map)
    {
        TensorGuard.Shape(map, nameof(map), TensorGuard.Any, TensorGuard.Any);
        int height = (int)map.size(0), width = (int)map.size(1);
        float[] values = FrameImage.Values(map);
        var image = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                image[x, y] = Color(values[y * width + x]);
        }
        return image;
    }

    /// <summary>The colour of one value.</summary>
    /// <param name="value">0 to 1; clipped, and NaN counts as 0.</param>
    public static (byte R, byte G, byte B) Color(double value)
    {
        double position = (double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1)) * (Anchors.Length - 1);
        int first = Math.Min((int)position, Anchors.Length - 2);
        double share = position - first;
        var (from, to) = (Anchors[first], Anchors[first + 1]);
        byte Mix(byte a, byte b) => (byte)Math.Round(a + (b - a) * share);
        return (Mix(from.R, to.R), Mix(from.G, to.G), Mix(from.B, to.B));
    }
}
