using PECHead.Research.Data;
using PECHead.Research.Layers;
using ScottPlot;
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

    /// <summary>Draws the map as a heat map of ScottPlot: pixels stay visible squares.</summary>
    public void Draw(Sheet sheet, double x, double y, double width, double height, ColorMap colors, double minimum, double maximum, double opacity = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maximum, minimum);
        using var plot = Plots.Bare(0, Width, 0, Height);
        var values = new double[Height, Width];
        for (int i = 0; i < _values.Length; i++)
            values[i / Width, i % Width] = float.IsNaN(_values[i]) ? minimum : _values[i];
        var drawn = plot.Add.Heatmap(values);
        (drawn.Rectangle, drawn.Colormap, drawn.ManualRange, drawn.Opacity) = (new CoordinateRect(0, Width, 0, Height), colors.Colormap, new(minimum, maximum), opacity);
        sheet.Plot(plot, x, y, width, height);
    }

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
