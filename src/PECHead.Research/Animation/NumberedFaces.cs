using PECHead.Research.Visualization;
using Color = ScottPlot.Color;

namespace PECHead.Research.Animation;

/// <summary>A photograph with the squares of its faces, numbered as <c>--face</c> counts them.</summary>
/// <param name="faces">From one call of <see cref="TalkingHead.OpenAll"/>.</param>
public sealed class NumberedFaces(IReadOnlyList<Portrait> faces) : Drawing
{
    private static readonly Color Line = Color.FromHex("#ffd400");

    /// <summary>Longer side of the picture as drawn, pixels.</summary>
    public int Size { get; init; } = 960;

    /// <inheritdoc/>
    public override string ToString() => $"{faces.Count} faces, numbered from the largest to the smallest";

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var photograph = faces[0].Picture;
        var scale = (double)Size / Math.Max(photograph.Width, photograph.Height);
        var (width, height) = (photograph.Width * scale, photograph.Height * scale);
        sheet.Photograph(photograph, 0, 0, width, height);
        var overlay = new Overlay(new PictureBox(0, 0, width, photograph.Width, photograph.Height));
        foreach (var face in faces)
        {
            var (left, top) = (Math.Max(0, face.Place.X * scale), Math.Max(0, face.Place.Y * scale));
            var (right, bottom) = (Math.Min(width, (face.Place.X + face.Place.Side) * scale), Math.Min(height, (face.Place.Y + face.Place.Side) * scale));
            overlay.Rectangle(left, top, right - left, bottom - top, Line, 2);
            overlay.Label((left + right) / 2, top + 18, $"{face.Number}", 18);
        }
        overlay.DrawOn(sheet);
        return (width, height);
    }
}
