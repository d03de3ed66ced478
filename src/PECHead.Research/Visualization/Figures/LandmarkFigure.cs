using PECHead.Research.Data;
using ScottPlot;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>The 68 landmarks of a face as lines: jaw, brows, nose, eyes and lips, each part in its colour.</summary>
/// <remarks><b>Paper:</b> the order of points is that of the 300-W challenge (Sagonas et al. 2013).</remarks>
public sealed class LandmarkFigure : Drawing
{
    private const int BlankSide = 256;
    private const int Count = 68;

    // Colours are by part, so that left and right are alike.
    private static readonly (string Part, int First, int Last, bool Closed, int Color)[] Parts =
    [
        ("jaw", 0, 16, false, 0), ("brow", 17, 21, false, 1), ("brow", 22, 26, false, 1), ("nose", 27, 30, false, 2),
        ("nose", 31, 35, false, 2), ("eye", 36, 41, true, 4), ("eye", 42, 47, true, 4), ("lips", 48, 59, true, 3), ("lips", 60, 67, true, 3),
    ];

    private readonly RgbImage? _image;
    private readonly PointSet _landmarks;
    private readonly PointSet? _reference;

    /// <summary>Takes the landmarks of a face.</summary>
    /// <param name="landmarks">[68, 2], (x, y) in [-1, 1].</param>
    /// <param name="image">The face behind them; null: a blank square.</param>
    /// <param name="reference">[68, 2], another set to compare with, drawn in grey beneath; or null.</param>
    public LandmarkFigure(Tensor landmarks, Picture? image = null, Tensor? reference = null)
    {
        _landmarks = new PointSet(landmarks, nameof(landmarks), Count);
        _reference = reference is null ? null : new PointSet(reference, nameof(reference), Count);
        _image = image?.Image;
    }

    /// <summary>Width of the picture as drawn, pixels.</summary>
    public int Size { get; init; } = 320;

    /// <summary>Whether points carry their index, 0 to 67; readable from a <see cref="Size"/> of about 500 on.</summary>
    public bool Numbered { get; init; }

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var box = sheet.Ground(_image, Size, BlankSide, BlankSide);
        var overlay = new Overlay(box);
        if (_reference is not null)
            DrawLines(overlay, box, _reference, _ => Color.FromHex("#888888"), width: 2);
        DrawLines(overlay, box, _landmarks, color => Sheet.Of(IdentityColors.Color(color, 7)), width: 2);
        DrawPoints(overlay, box);
        overlay.DrawOn(sheet);
        return (box.Width, box.Height);
    }

    private void DrawLines(Overlay overlay, PictureBox box, PointSet points, Func<int, Color> color, double width)
    {
        foreach (var part in Parts)
        {
            var line = Enumerable.Range(part.First, part.Last - part.First + 1).Select(i => points.In(box, i)).ToArray();
            if (_image is not null)
                overlay.Polyline(line, Color.FromHex("#111111").WithAlpha(0.6), width + 1.4, part.Closed);
            overlay.Polyline(line, color(part.Color), width, part.Closed);
        }
    }

    private void DrawPoints(Overlay overlay, PictureBox box)
    {
        double radius = Math.Max(1.2, Size / 200.0);
        foreach (var part in Parts)
        {
            for (int i = part.First; i <= part.Last; i++)
            {
                var (x, y) = _landmarks.In(box, i);
                if (double.IsNaN(x))
                    continue;
                overlay.Circle(x, y, radius, Colors.White, Sheet.Of(IdentityColors.Color(part.Color, 7)), 0.9);
                if (Numbered)
                    overlay.Label(x, y - radius - 2, $"{i}", Math.Max(7, Size / 56.0));
            }
        }
    }
}
