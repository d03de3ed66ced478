using PECHead.Research.Data;
using ScottPlot;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A deformation as a bent grid: the straight grid of the driving frame, laid where its pixels come from in the source.</summary>
public sealed class WarpedGridFigure : Drawing
{
    private const int BlankSide = 256;
    private readonly DeformationLines _deformation;
    private readonly RgbImage? _source;

    /// <summary>Takes a deformation.</summary>
    /// <param name="deformation">[h, w, 2], (x, y) in [-1, 1].</param>
    /// <param name="source">Source frame behind the grid; null: none.</param>
    public WarpedGridFigure(Tensor deformation, Picture? source = null) =>
        (_deformation, _source) = (new DeformationLines(deformation), source?.Image);

    /// <summary>Width of the picture as drawn, pixels.</summary>
    public int Size { get; init; } = 320;

    /// <summary>Lines across and down.</summary>
    public int Lines { get; init; } = 17;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var box = sheet.Ground(_source, Size, BlankSide, BlankSide * _deformation.Rows / _deformation.Columns);
        var overlay = new Overlay(box);
        foreach (int row in EvenSpread.Of(_deformation.Rows, Lines))
            DrawLine(overlay, Enumerable.Range(0, _deformation.Columns).Select(column => _deformation.Source(box, row, column)));
        foreach (int column in EvenSpread.Of(_deformation.Columns, Lines))
            DrawLine(overlay, Enumerable.Range(0, _deformation.Rows).Select(row => _deformation.Source(box, row, column)));
        overlay.DrawOn(sheet);
        return (box.Width, box.Height);
    }

    private static void DrawLine(Overlay overlay, IEnumerable<(double X, double Y)> points)
    {
        var line = points.ToArray();
        overlay.Polyline(line, Colors.White.WithAlpha(0.6), 2.6);
        overlay.Polyline(line, Color.FromHex("#d55e00"), 1.2);
    }
}
