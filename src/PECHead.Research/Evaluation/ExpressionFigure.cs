using PECHead.Research.FaceModel;
using PECHead.Research.Visualization;
using SkiaSharp;
using static TorchSharp.torch;
using Color = ScottPlot.Color;

namespace PECHead.Research.Evaluation;

/// <summary>The mean face with every expression in full, as a wireframe; the landmarks of the mean face lie behind in grey.</summary>
public sealed class ExpressionFigure : Drawing
{
    private const double Cell = 240;
    private const int Columns = 4;
    private const double Head = 28;
    private const float Turn = -0.25f;      // radians to the left: protruding lips would not show from the front
    private const float LogScale = -0.1f;
    private static readonly (double, double) Break = (double.NaN, double.NaN);

    /// <summary>Runs of the 68 landmarks that belong together, and whether they close.</summary>
    private static readonly (int First, int Last, bool Closed)[] Contours =
        [(17, 21, false), (22, 26, false), (27, 30, false), (31, 35, false), (36, 41, true), (42, 47, true), (48, 59, true), (60, 67, true)];

    private readonly (string Name, (double X, double Y)[] Points)[] _faces;

    /// <summary>Takes a face model.</summary>
    /// <param name="model">Its mean face and its directions at amount 1 are drawn.</param>
    public ExpressionFigure(LinearFaceModel model) =>
        _faces = [("mean face", Positions(model, null)), .. model.Directions.Names.Select(name => (name.Replace('_', ' '), Positions(model, name)))];

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        foreach (var (i, (name, points)) in _faces.Index())
        {
            double x = i % Columns * Cell, y = i / Columns * (Cell + Head);
            sheet.Text(x + (Cell / 2), y + 20, name, size: 15, SKTextAlign.Center);
            var overlay = new Overlay(PictureBox.Blank(x, y + Head, Cell, Cell));
            (double, double) At((double X, double Y) point) => (x + (point.X * Cell), y + Head + (point.Y * Cell));
            overlay.Polyline(Mesh(points).SelectMany(edge => new[] { At(points[edge.From]), At(points[edge.To]), Break }), Color.FromHex("#dcd6cf"), 0.5);
            DrawLandmarks(_faces[0].Points, Color.FromHex("#999999"), 1.2);
            DrawLandmarks(points, Color.FromHex("#cc2222"), 1.6);
            overlay.DrawOn(sheet);

            void DrawLandmarks((double, double)[] face, Color color, double width)
            {
                foreach (var (first, last, closed) in Contours)
                    overlay.Polyline(CanonicalFace.Landmarks.Take(first..(last + 1)).Select(point => At(face[point])), color, width, closed);
            }
        }
        return (Columns * Cell, (_faces.Length + Columns - 1) / Columns * (Cell + Head));
    }

    /// <summary>The 468 points as shares of a cell.</summary>
    private static (double X, double Y)[] Positions(LinearFaceModel model, string? direction)
    {
        using var scope = NewDisposeScope();
        var face = new FaceCoefficients(
            zeros(1, model.IdentitySize), zeros(1, model.ExpressionSize), tensor(new[] { 0, Turn, 0 }, 1, 3), zeros(1, 3), tensor(new[] { LogScale, 0, 0 }, 1, 3), ones(1));
        var points = model.Points(direction is null ? face : model.Directions.Apply(face, direction, 1)).narrow(2, 0, 2);
        return [.. points.contiguous().data<float>().ToArray().Chunk(2).Select(point => ((point[0] + 1.0) / 2, (point[1] + 1.0) / 2))];
    }

    /// <summary>The edges of the triangles that look here, each once.</summary>
    private static HashSet<(int From, int To)> Mesh((double X, double Y)[] points)
    {
        var edges = new HashSet<(int, int)>();
        foreach (var (a, b, c) in CanonicalFace.Triangles)
        {
            var (p, q, r) = (points[a], points[b], points[c]);
            if (((q.X - p.X) * (r.Y - p.Y)) - ((r.X - p.X) * (q.Y - p.Y)) >= 0)
                continue;
            foreach (var (from, to) in new[] { (a, b), (b, c), (c, a) })
                edges.Add((Math.Min(from, to), Math.Max(from, to)));
        }
        return edges;
    }
}
