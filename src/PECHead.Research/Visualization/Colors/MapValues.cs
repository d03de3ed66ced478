using PECHead.Research.Data;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A map of numbers copied out of a tensor, so that a figure outlives the tensor.</summary>
internal sealed class MapValues
{
    private readonly float[] _values;

    /// <param name="map">[h, w].</param>
    public MapValues(Tensor map)
    {
        TensorGuard.Shape(map, nameof(map), TensorGuard.Any, TensorGuard.Any);
        (Height, Width) = ((int)map.size(0), (int)map.size(1));
        _values = FrameImage.Values(map);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Least finite value.</summary>
    public double Least => _values.Where(float.IsFinite).DefaultIfEmpty(0).Min();

    /// <summary>Greatest finite value.</summary>
    public double Greatest => _values.Where(float.IsFinite).DefaultIfEmpty(1).Max();

    public double Mean => _values.Average(value => (double)value);

    public RgbImage Render(ColorMap colors, double minimum, double maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maximum, minimum);
        var image = new RgbImage(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                image[x, y] = colors.Color((_values[y * Width + x] - minimum) / (maximum - minimum));
        }
        return image;
    }
}
