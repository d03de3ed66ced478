using System.Globalization;
using System.Text;
using PECHead.Research.Checkpoints;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Experiments.FaceModels;

/// <summary>The mean face with every expression in full, as a wireframe; the landmarks of the mean face lie behind in grey.</summary>
internal static class ExpressionPlot
{
    private const int Cell = 240;
    private const int Columns = 4;
    private const int Title = 28;
    private const float Turn = -0.25f;      // radians to the left: protruding lips would not show from the front
    private const float LogScale = -0.1f;

    /// <summary>Runs of the 68 landmarks that belong together, and whether they close.</summary>
    private static readonly (int First, int Last, bool Closed)[] Contours =
        [(17, 21, false), (22, 26, false), (27, 30, false), (31, 35, false), (36, 41, true), (42, 47, true), (48, 59, true), (60, 67, true)];

    /// <summary>Writes an SVG: the mean face, then a picture per direction at amount 1.</summary>
    public static void Write(string path, LinearFaceModel model)
    {
        string[] names = ["mean face", .. model.Directions.Names];
        int width = Columns * Cell, height = (names.Length + Columns - 1) / Columns * (Cell + Title);
        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="DejaVu Sans, sans-serif" font-size="15" fill="#222">""");
        Append(svg, $"""<rect width="{width}" height="{height}" fill="#fff"/>""");
        int[] mean = Positions(model, null);
        for (int i = 0; i < names.Length; i++)
        {
            Append(svg, $"""<g transform="translate({i % Columns * Cell} {i / Columns * (Cell + Title)})"><text x="{Cell / 2}" y="20" text-anchor="middle">{names[i].Replace('_', ' ')}</text>""");
            Draw(svg, i == 0 ? mean : Positions(model, names[i]), mean);
        }
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(svg.Append("</svg>\n").ToString())));
    }

    /// <summary>x, y of the 468 points in tenths of a pixel of a cell.</summary>
    private static int[] Positions(LinearFaceModel model, string? direction)
    {
        using var scope = NewDisposeScope();
        var face = new FaceCoefficients(
            zeros(1, model.IdentitySize), zeros(1, model.ExpressionSize), tensor(new[] { 0, Turn, 0 }, 1, 3), zeros(1, 3), tensor(new[] { LogScale, 0, 0 }, 1, 3), ones(1));
        var points = model.Points(direction is null ? face : model.Directions.Apply(face, direction, 1)).narrow(2, 0, 2);
        return [.. points.contiguous().data<float>().ToArray().Select(value => (int)Math.Round((value + 1) * Cell * 5))];
    }

    private static void Draw(StringBuilder svg, int[] points, int[] mean)
    {
        var edges = new HashSet<(int, int)>();
        foreach (var (a, b, c) in CanonicalFace.Triangles)
        {
            if (((X(b) - X(a)) * (Y(c) - Y(a))) - ((X(c) - X(a)) * (Y(b) - Y(a))) >= 0)
                continue;       // looks away
            foreach (var (from, to) in new[] { (a, b), (b, c), (c, a) })
                edges.Add((Math.Min(from, to), Math.Max(from, to)));
        }
        var mesh = string.Concat(edges.Select(edge => $"M{X(edge.Item1)} {Y(edge.Item1)}L{X(edge.Item2)} {Y(edge.Item2)}"));
        Append(svg, $"""<g transform="translate(0 {Title}) scale(.1)" fill="none"><path d="{mesh}" stroke="#dcd6cf" stroke-width="5"/>""");
        Append(svg, $"""<path d="{Landmarks(mean)}" stroke="#999" stroke-width="12"/><path d="{Landmarks(points)}" stroke="#c22" stroke-width="16"/></g></g>""");

        int X(int point) => points[2 * point];
        int Y(int point) => points[(2 * point) + 1];
    }

    private static string Landmarks(int[] points) => string.Concat(Contours.Select(contour =>
        "M" + string.Join('L', Enumerable.Range(contour.First, contour.Last - contour.First + 1).Select(landmark =>
        {
            int point = CanonicalFace.Landmarks[landmark];
            return $"{points[2 * point]} {points[(2 * point) + 1]}";
        })) + (contour.Closed ? "z" : "")));

    private static void Append(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
