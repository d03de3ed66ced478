using PECHead.Research.Data;
using PECHead.Research.Layers;
using ScottPlot;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Points on a picture, each in its own colour and with its number, and what else is known of them: axes, depth, groups.</summary>
public sealed class KeypointFigure : Drawing
{
    private const double Smallest = 0.6;
    private const double Largest = 1.6;
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

    /// <summary>Two axes of each point, the columns of [K, 2, 2] in the directions of the positions; null: none are drawn.</summary>
    public Tensor? Axes { get; init; }

    /// <summary>Mean length of an axis as drawn, pixels; the axes keep their proportions.</summary>
    public double AxisLength { get; init; } = 20;

    /// <summary>How near each point is, [K]: near points are larger; null: all are alike.</summary>
    public Tensor? Nearness { get; init; }

    /// <summary>How many points in a row share a colour and a line through them.</summary>
    public int GroupSize { get; init; } = 1;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var box = new PictureBox(0, 0, Size, _image.Width, _image.Height);
        sheet.Photograph(_image, 0, 0, box.Width, box.Height);
        var overlay = new Overlay(box);
        if (GroupSize > 1) DrawGroups(overlay, box);
        if (Axes is not null) DrawAxes(overlay, box, Axes);
        _points.Draw(overlay, box, Radius, Numbered, GroupSize, Nearness is null ? null : Scales(Nearness));
        overlay.DrawOn(sheet);
        return (box.Width, box.Height);
    }

    private void DrawGroups(Overlay overlay, PictureBox box)
    {
        for (int first = 0; first < _points.Count; first += GroupSize)
            overlay.Polyline(Enumerable.Range(first, Math.Min(GroupSize, _points.Count - first)).Select(k => _points.In(box, k)), _points.ColorOf(first, GroupSize), 1.5);
    }

    private void DrawAxes(Overlay overlay, PictureBox box, Tensor axes)
    {
        TensorGuard.Shape(axes, nameof(Axes), _points.Count, 2, 2);
        float[] values = FrameImage.Values(axes);
        var lengths = Enumerable.Range(0, 2 * _points.Count).Select(i => Math.Sqrt(Square(values[Entry(i / 2, 0, i % 2)]) + Square(values[Entry(i / 2, 1, i % 2)])));
        var scale = AxisLength / Math.Max(lengths.Where(double.IsFinite).DefaultIfEmpty(1).Average(), 1e-6);
        for (int k = 0; k < _points.Count; k++)
        {
            var (x, y) = _points.In(box, k);
            for (int column = 0; column < 2; column++)
            {
                (double X, double Y) end = (x + scale * values[Entry(k, 0, column)], y + scale * values[Entry(k, 1, column)]);
                overlay.Polyline([(x, y), end], Color.FromHex("#111111").WithAlpha(0.55), 3);
                overlay.Polyline([(x, y), end], _points.ColorOf(k, GroupSize), 1.8);
            }
        }
    }

    private Func<int, double> Scales(Tensor nearness)
    {
        TensorGuard.Shape(nearness, nameof(Nearness), _points.Count);
        float[] values = FrameImage.Values(nearness);
        double least = values.Min(), range = Math.Max(values.Max() - least, 1e-6);
        return k => Smallest + ((Largest - Smallest) * (values[k] - least) / range);
    }

    private static int Entry(int point, int row, int column) => (4 * point) + (2 * row) + column;

    private static double Square(double value) => value * value;
}
