using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Studio.Models;

/// <summary>A photograph at the size of a page: a face is pasted back in milliseconds, whatever the camera.</summary>
internal static class ShownPortrait
{
    private const int LongestSide = 960;

    /// <summary>The same head in a photograph that is no larger than a page.</summary>
    public static Portrait Of(Portrait portrait)
    {
        var picture = DrivingSquare.Within(portrait.Picture, LongestSide);
        if (picture == portrait.Picture) return portrait;
        var scale = (double)picture.Width / portrait.Picture.Width;
        int At(int pixels) => (int)Math.Round(pixels * scale);
        return portrait with { Picture = picture, Place = new CropSquare(At(portrait.Place.X), At(portrait.Place.Y), Math.Max(1, At(portrait.Place.Side))) };
    }
}
