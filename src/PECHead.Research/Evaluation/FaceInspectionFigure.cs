using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
using PECHead.Research.Visualization;
using Color = ScottPlot.Color;
using Colors = ScottPlot.Colors;

namespace PECHead.Research.Evaluation;

/// <summary>A picture with the boxes of its faces, and over one of them the mesh, the 68 landmarks and the axes of the head; beside it the angles and bars of expression.</summary>
/// <remarks>The axes stand in the middle of the eyes: red to the right of the upright picture, green up, blue where the face looks.</remarks>
public sealed class FaceInspectionFigure : Drawing
{
    private const double PanelWidth = 210;
    private const double RowHeight = 22;
    private const double BarWidth = 84;
    private const double BarLeft = 108;
    private static readonly int[] Ends = [16, 21, 26, 30, 35, 41, 47, 59, 67];
    private readonly RgbImage _picture;
    private readonly FaceInspection _inspection;

    /// <summary>Takes a picture and what was seen in it.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="inspection">Of the same picture.</param>
    public FaceInspectionFigure(RgbImage picture, FaceInspection inspection) => (_picture, _inspection) = (picture, inspection);

    /// <summary>Longer side of the picture as drawn, pixels.</summary>
    public int Size { get; init; } = 640;

    /// <inheritdoc/>
    public override string ToString() => $"{_inspection.Boxes.Count} faces in {_picture.Width}x{_picture.Height} pixels";

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        // Even sides: video in 4:2:0 has no others.
        static double Even(double value) => Math.Max(2, 2 * Math.Round(value / 2));
        var scale = (double)Size / Math.Max(_picture.Width, _picture.Height);
        var (width, height) = (Even(_picture.Width * scale), _picture.Height * Even(_picture.Width * scale) / _picture.Width);
        var box = new PictureBox(0, 0, width, _picture.Width, _picture.Height);
        var (fullWidth, fullHeight) = (width + PanelWidth, Even(Math.Max(height, RowHeight * 14)));
        sheet.Photograph(_picture, 0, 0, width, height);
        var overlay = new Overlay(box);
        if (_inspection.HasFace)
            DrawFace(overlay, box);
        DrawBoxes(overlay, box);
        overlay.DrawOn(sheet);
        DrawPanel(sheet, width);
        return (fullWidth, fullHeight);
    }

    // Places of the face networks count from the edge of the first pixel.
    private static (double X, double Y) At(PictureBox box, double x, double y) => box.AtPixel(x - 0.5, y - 0.5);

    private (double X, double Y) Point(PictureBox box, int point) => At(box, _inspection.Points[3 * point], _inspection.Points[(3 * point) + 1]);

    private void DrawBoxes(Overlay overlay, PictureBox box)
    {
        foreach (var (index, face) in _inspection.Boxes.Index())
        {
            var (left, top) = At(box, face.Left, face.Top);
            var (right, bottom) = At(box, face.Right, face.Bottom);
            var isChosen = index == _inspection.Chosen;
            overlay.Rectangle(left, top, right - left, bottom - top, isChosen ? Color.FromHex("#ffd400") : Colors.White, isChosen ? 2 : 1.4);
            overlay.Label(Math.Clamp(left + 9, 9, box.Width - 9), Math.Clamp(top + 14, 14, box.Height), $"{index + 1}", 13);
        }
    }

    private void DrawFace(Overlay overlay, PictureBox box)
    {
        var edges = new HashSet<(int, int)>();
        foreach (var (a, b, c) in CanonicalFace.Triangles)
        {
            foreach (var (from, to) in new[] { (a, b), (b, c), (c, a) })
                edges.Add((Math.Min(from, to), Math.Max(from, to)));
        }

        overlay.Polyline(edges.SelectMany(edge => new[] { Point(box, edge.Item1), Point(box, edge.Item2), (double.NaN, double.NaN) }), Colors.White.WithAlpha(0.35), 0.6);
        DrawLandmarks(overlay, box);
        DrawAxes(overlay, box);
    }

    private void DrawLandmarks(Overlay overlay, PictureBox box)
    {
        var first = 0;
        foreach (var (part, last) in Ends.Index())
        {
            var line = Enumerable.Range(first, last - first + 1).Select(i => Point(box, Landmarks68.MeshIndices[i])).ToArray();
            overlay.Polyline(line, Color.FromHex("#111111").WithAlpha(0.5), 2.6, closed: part >= 5);
            overlay.Polyline(line, Color.FromHex("#35e0ff"), 1.3, closed: part >= 5);
            foreach (var (x, y) in line)
                overlay.Circle(x, y, 1.7, Colors.White, Color.FromHex("#0a6f86"), 0.7);
            first = last + 1;
        }
    }

    private void DrawAxes(Overlay overlay, PictureBox box)
    {
        var (left, right) = (Point(box, FaceMesh.EyeLine.Left), Point(box, FaceMesh.EyeLine.Right));
        var (x, y) = ((left.X + right.X) / 2, (left.Y + right.Y) / 2);
        var length = 0.55 * Math.Max(_inspection.Boxes[_inspection.Chosen].Width, _inspection.Boxes[_inspection.Chosen].Height) * box.Width / box.Columns;
        var (pitch, yaw, roll) = _inspection.Angles;
        var ((sx, cx), (sy, cy), (sz, cz)) = (Math.SinCos(pitch), Math.SinCos(yaw), Math.SinCos(roll));
        // The columns of the rotation without their depth; y points down in the picture.
        Axis(cz * cy, sz * cy, "#ff3b30");
        Axis((cz * sy * sx) - (sz * cx), (sz * sy * sx) + (cz * cx), "#34c759");
        Axis((cz * sy * cx) + (sz * sx), (sz * sy * cx) - (cz * sx), "#0a60ff");

        void Axis(double dx, double dy, string color)
        {
            (double, double)[] line = [(x, y), (x + (length * dx), y - (length * dy))];
            overlay.Polyline(line, Colors.White.WithAlpha(0.7), 5);
            overlay.Polyline(line, Color.FromHex(color), 3);
        }
    }

    private void DrawPanel(Sheet sheet, double left)
    {
        var row = 1;
        if (!_inspection.HasFace)
        {
            Text("no face", bold: true);
            return;
        }

        Text($"face {_inspection.Chosen + 1} of {_inspection.Boxes.Count}, score {_inspection.Score:0.00}", bold: true);
        foreach (var (name, radians) in new[] { ("pitch", _inspection.Angles.Pitch), ("yaw", _inspection.Angles.Yaw), ("roll", _inspection.Angles.Roll) })
        {
            sheet.Text(left + BarLeft, row * RowHeight, FormattableString.Invariant($"{radians * 180 / Math.PI:0.0}°"));
            Text(name);
        }

        foreach (var (name, amount) in _inspection.Expressions)
        {
            sheet.Rectangle(left + BarLeft, (row * RowHeight) - 11, BarWidth, 12, Color.FromHex("#eeeeee"));
            sheet.Rectangle(left + BarLeft, (row * RowHeight) - 11, BarWidth * Math.Clamp(amount, 0, 1), 12, Color.FromHex("#e8833a"));
            Text(name.Replace('_', ' '));
        }

        void Text(string text, bool bold = false) => sheet.Text(left + 10, row++ * RowHeight, text, bold: bold);
    }
}
