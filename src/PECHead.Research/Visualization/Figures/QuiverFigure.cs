using PECHead.Research.Data;
using ScottPlot;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A deformation as arrows: from a driving pixel to the place in the source that it shows.</summary>
public sealed class QuiverFigure : Drawing
{
    private const int BlankSide = 256;
    private const double StillLength = 0.75;
    private static readonly (double, double) Break = (double.NaN, double.NaN);
    private readonly DeformationLines _deformation;
    private readonly RgbImage? _image;

    /// <summary>Takes a deformation.</summary>
    /// <param name="deformation">[h, w, 2], (x, y) in [-1, 1].</param>
    /// <param name="image">Frame behind the arrows; null: none.</param>
    public QuiverFigure(Tensor deformation, Picture? image = null) =>
        (_deformation, _image) = (new DeformationLines(deformation), image?.Image);

    /// <summary>Width of the picture as drawn, pixels.</summary>
    public int Size { get; init; } = 320;

    /// <summary>Arrows across and down.</summary>
    public int Arrows { get; init; } = 20;

    /// <summary>Drawn length over true length.</summary>
    public double Exaggeration { get; init; } = 1;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var box = sheet.Ground(_image, Size, BlankSide, BlankSide * _deformation.Rows / _deformation.Columns);
        if (_image is not null)
            sheet.Rectangle(0, 0, box.Width, box.Height, Colors.White.WithAlpha(0.35));
        var arrows = new List<(double, double)>();
        foreach (int row in EvenSpread.Of(_deformation.Rows, Arrows))
        {
            foreach (int column in EvenSpread.Of(_deformation.Columns, Arrows))
                AddArrow(arrows, _deformation.Driving(box, row, column), _deformation.Source(box, row, column));
        }
        var overlay = new Overlay(box);
        overlay.Polyline(arrows, Color.FromHex("#0b3c5d"), 1.3);
        overlay.DrawOn(sheet);
        return (box.Width, box.Height);
    }

    // All arrows are one path, with breaks in between: a tenth of the markup of an arrow each. (A vector field of ScottPlot scales
    // its arrows; these have their true length.)
    private void AddArrow(List<(double, double)> path, (double X, double Y) tail, (double X, double Y) head)
    {
        double dx = (head.X - tail.X) * Exaggeration, dy = (head.Y - tail.Y) * Exaggeration;
        double length = Math.Sqrt(dx * dx + dy * dy);
        if (!double.IsFinite(length))
            return;
        double x = tail.X + dx, y = tail.Y + dy;
        path.AddRange([tail, length < StillLength ? (tail.X + 1.3, tail.Y) : (x, y), Break]);
        if (length < StillLength)
            return;
        double barb = Math.Min(5, 0.45 * length);
        var (ux, uy) = (dx / length, dy / length);
        path.AddRange([(x - barb * (ux + 0.6 * uy), y - barb * (uy - 0.6 * ux)), (x, y), (x - barb * (ux - 0.6 * uy), y - barb * (uy + 0.6 * ux)), Break]);
    }
}
