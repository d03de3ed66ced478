using System.Globalization;
using System.Text;
using PECHead.Research.Checkpoints;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Experiments.FaceModels;

/// <summary>The mean face under every expression direction, as a wireframe, by half and by whole amounts.</summary>
internal static class ExpressionPlot
{
    private const int Cell = 230;
    private const int Top = 40;
    private const int LabelHeight = 24;
    private static readonly double[] Amounts = [0, 0.5, 1];

    /// <summary>Writes an SVG with a row per amount and a column per direction.</summary>
    public static void Write(string path, LinearFaceModel model)
    {
        var names = model.Directions.Names;
        int width = names.Count * Cell, height = Top + (Amounts.Length * (Cell + LabelHeight));
        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="DejaVu Sans, sans-serif" font-size="15" fill="#222">""");
        Append(svg, $"""<rect width="{width}" height="{height}" fill="#fff"/>""");
        for (int column = 0; column < names.Count; column++)
        {
            Append(svg, $"""<text x="{(column * Cell) + (Cell / 2)}" y="26" text-anchor="middle" font-weight="bold">{names[column].Replace('_', ' ')}</text>""");
            for (int row = 0; row < Amounts.Length; row++)
                Draw(svg, model, names[column], Amounts[row], column * Cell, Top + (row * (Cell + LabelHeight)));
        }
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(svg.Append("</svg>\n").ToString())));
    }

    private static void Draw(StringBuilder svg, LinearFaceModel model, string name, double amount, int left, int top)
    {
        using var scope = NewDisposeScope();
        var face = new FaceCoefficients(
            zeros(1, model.IdentitySize), zeros(1, model.ExpressionSize), tensor([0f, -0.35f, 0f], [1, 3]), zeros(1, 3), tensor([-0.25f, 0f, 0f], [1, 3]), ones(1));
        float[] points = model.Points(model.Directions.Apply(face, name, amount)).contiguous().data<float>().ToArray();
        var lines = new StringBuilder();
        foreach (var (a, b, c) in CanonicalFace.Triangles)
        {
            if (IsFront(a, b, c))
                lines.Append(CultureInfo.InvariantCulture, $"M{X(a):0.0} {Y(a):0.0}L{X(b):0.0} {Y(b):0.0}L{X(c):0.0} {Y(c):0.0}z");
        }
        Append(svg, $"""<path d="{lines}" fill="#f3ece6" stroke="#776" stroke-width="0.4"/>""");
        foreach (int point in CanonicalFace.Landmarks)
            Append(svg, $"""<circle cx="{X(point):0.0}" cy="{Y(point):0.0}" r="1.6" fill="#c33"/>""");
        Append(svg, $"""<text x="{left + (Cell / 2)}" y="{top + Cell + 14}" text-anchor="middle" fill="#555" font-size="12">{amount:0.0}</text>""");

        double X(int point) => left + ((points[3 * point] + 1) * Cell / 2);
        double Y(int point) => top + ((points[(3 * point) + 1] + 1) * Cell / 2);
        bool IsFront(int a, int b, int c) => ((X(b) - X(a)) * (Y(c) - Y(a))) - ((X(c) - X(a)) * (Y(b) - Y(a))) < 0;
    }

    private static void Append(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
