using PECHead.Research.Data;
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

    private protected override (double Width, double Height) Draw(SvgCanvas canvas)
    {
        var box = _source is null
            ? new PictureBox(0, 0, Size, BlankSide, BlankSide * _deformation.Rows / _deformation.Columns)
            : new PictureBox(0, 0, Size, _source.Width, _source.Height);
        if (_source is null)
            canvas.Rectangle(0, 0, box.Width, box.Height, "#fafafa", "#ccc");
        else
            canvas.Image(_source, 0, 0, box.Width, box.Height);
        canvas.BeginClip(box);
        foreach (int row in EvenSpread.Of(_deformation.Rows, Lines))
            DrawLine(canvas, Enumerable.Range(0, _deformation.Columns).Select(column => _deformation.Source(box, row, column)));
        foreach (int column in EvenSpread.Of(_deformation.Columns, Lines))
            DrawLine(canvas, Enumerable.Range(0, _deformation.Rows).Select(row => _deformation.Source(box, row, column)));
        canvas.EndClip();
        return (box.Width, box.Height);
    }

    private static void DrawLine(SvgCanvas canvas, IEnumerable<(double X, double Y)> points)
    {
        var line = points.ToArray();
        canvas.Polyline(line, "#fff", 2.6, opacity: 0.6);
        canvas.Polyline(line, "#d55e00", 1.2);
    }
}
