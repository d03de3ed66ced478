using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Shows a map of numbers as colours, by default from 0 (dark violet) to 1 (yellow).</summary>
internal static class MapColors
{
    /// <summary>Colours a map, for example an occlusion.</summary>
    /// <param name="map">[h, w]; values outside of the range are clipped.</param>
    /// <param name="colors">Null: <see cref="ColorMap.Viridis"/>.</param>
    /// <param name="minimum">Value of the first colour.</param>
    /// <param name="maximum">Value of the last colour, above <paramref name="minimum"/>.</param>
    /// <returns>w × h pixels.</returns>
    public static RgbImage Render(Tensor map, ColorMap? colors = null, double minimum = 0, double maximum = 1) =>
        new MapValues(map).Render(colors ?? ColorMap.Viridis, minimum, maximum);

    /// <summary>The default colour of one value.</summary>
    /// <param name="value">0 to 1; clipped, and NaN counts as 0.</param>
    public static (byte R, byte G, byte B) Color(double value) => ColorMap.Viridis.Color(value);
}
