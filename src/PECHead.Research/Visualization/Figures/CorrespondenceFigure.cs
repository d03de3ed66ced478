using PECHead.Research.Data;
using ScottPlot;
using SkiaSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Source and driving frame side by side, with a line from each point of one to the same point of the other.</summary>
public sealed class CorrespondenceFigure : Drawing
{
    private const double Gap = 24;
    private const double Heading = 22;
    private readonly RgbImage _source;
    private readonly PointSet _sourcePoints;
    private readonly RgbImage _driving;
    private readonly PointSet _drivingPoints;

    /// <summary>Takes both frames and their points.</summary>
    /// <param name="source">Left picture.</param>
    /// <param name="sourcePositions">[K, 2], (x, y) in [-1, 1].</param>
    /// <param name="driving">Right picture.</param>
    /// <param name="drivingPositions">[K, 2], the same points in the same order.</param>
    public CorrespondenceFigure(Picture source, Tensor sourcePositions, Picture driving, Tensor drivingPositions)
    {
        (_source, _driving) = (source.Image, driving.Image);
        _sourcePoints = new PointSet(sourcePositions, nameof(sourcePositions));
        _drivingPoints = new PointSet(drivingPositions, nameof(drivingPositions), _sourcePoints.Count);
    }

    /// <summary>Width of each picture as drawn, pixels.</summary>
    public int Size { get; init; } = 288;

    /// <summary>Radius of a point as drawn, pixels.</summary>
    public double Radius { get; init; } = 4.5;

    /// <summary>Whether points carry their index.</summary>
    public bool Numbered { get; init; }

    /// <summary>Draw every n-th line only: 1 for keypoints, more for dense landmarks.</summary>
    public int LineEvery { get; init; } = 1;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var left = new PictureBox(0, Heading, Size, _source.Width, _source.Height);
        var right = new PictureBox(Size + Gap, Heading, Size, _driving.Width, _driving.Height);
        sheet.Text(Size / 2.0, 14, "source", align: SKTextAlign.Center);
        sheet.Text(right.X + Size / 2.0, 14, "driving", align: SKTextAlign.Center);
        sheet.Photograph(_source, left.X, left.Y, left.Width, left.Height);
        sheet.Photograph(_driving, right.X, right.Y, right.Width, right.Height);
        double width = right.X + right.Width, height = Heading + Math.Max(left.Height, right.Height);
        var overlay = new Overlay(PictureBox.Blank(0, 0, width, height));
        for (int k = 0; k < _sourcePoints.Count; k += Math.Max(1, LineEvery))
        {
            var (from, to) = (_sourcePoints.In(left, k), _drivingPoints.In(right, k));
            // A dark line under the coloured one keeps light colours visible on a light picture.
            overlay.Polyline([from, to], Color.FromHex("#111111").WithAlpha(0.55), 2.6);
            overlay.Polyline([from, to], Sheet.Of(IdentityColors.Color(k, _sourcePoints.Count)), 1.5);
        }
        _sourcePoints.Draw(overlay, left, Radius, Numbered);
        _drivingPoints.Draw(overlay, right, Radius, Numbered);
        overlay.DrawOn(sheet);
        return (width, height);
    }
}
