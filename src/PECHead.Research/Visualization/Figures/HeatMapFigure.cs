using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A map of numbers as colours over a frame, with the bar that tells the values: occlusion, attention, mask.</summary>
public sealed class HeatMapFigure : Drawing
{
    private readonly MapValues _map;
    private readonly RgbImage? _image;

    /// <summary>Takes a map.</summary>
    /// <param name="map">[h, w].</param>
    /// <param name="image">Frame beneath; null: the map alone.</param>
    public HeatMapFigure(Tensor map, Picture? image = null)
    {
        _map = new MapValues(map);
        _image = image?.Image;
    }

    /// <summary>Width of the picture as drawn, pixels.</summary>
    public int Size { get; init; } = 288;

    /// <summary>Value of the first colour; the same in figures that are compared.</summary>
    public double Minimum { get; init; }

    /// <summary>Value of the last colour.</summary>
    public double Maximum { get; init; } = 1;

    /// <summary>The colours.</summary>
    public ColorMap Colors { get; init; } = ColorMap.Viridis;

    /// <summary>How much the map covers the frame, 0 to 1.</summary>
    public double Opacity { get; init; } = 0.6;

    /// <summary>What the values are, beside the bar.</summary>
    public string Label { get; init; } = "";

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var box = new PictureBox(0, 0, Size, _image?.Width ?? _map.Width, _image?.Height ?? _map.Height);
        if (_image is not null)
            sheet.Photograph(_image, 0, 0, box.Width, box.Height);
        _map.Draw(sheet, 0, 0, box.Width, box.Height, Colors, Minimum, Maximum, _image is null ? 1 : Opacity);
        return (box.Width + ColorBar.Draw(sheet, box.Width, 0, box.Height, Colors, Minimum, Maximum, Label), box.Height);
    }
}
