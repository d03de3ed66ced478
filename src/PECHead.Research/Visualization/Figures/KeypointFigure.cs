using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Points on a picture, each in its own colour and with its number.</summary>
public sealed class KeypointFigure : Drawing
{
    private readonly RgbImage _image;
    private readonly PointSet _points;

    /// <summary>Takes a picture and its points.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="positions">[K, 2], (x, y) in [-1, 1]; points that are not finite are left out.</param>
    public KeypointFigure(Picture image, Tensor positions) => (_image, _points) = (image.Image, new PointSet(positions, nameof(positions)));

    /// <summary>Width of the picture as drawn, pixels.</summary>
    public int Size { get; init; } = 320;

    /// <summary>Radius of a point as drawn, pixels.</summary>
    public double Radius { get; init; } = 5;

    /// <summary>Whether points carry their index.</summary>
    public bool Numbered { get; init; } = true;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var box = new PictureBox(0, 0, Size, _image.Width, _image.Height);
        sheet.Photograph(_image, 0, 0, box.Width, box.Height);
        var overlay = new Overlay(box);
        _points.Draw(overlay, box, Radius, Numbered);
        overlay.DrawOn(sheet);
        return (box.Width, box.Height);
    }
}
