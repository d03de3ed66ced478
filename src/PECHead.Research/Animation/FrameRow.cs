using PECHead.Research.Data;

namespace PECHead.Research.Animation;

/// <summary>Pictures side by side.</summary>
internal static class FrameRow
{
    /// <summary>Joins pictures of equal height.</summary>
    public static RgbImage Join(params ReadOnlySpan<RgbImage> images)
    {
        var width = 0;
        foreach (var image in images) width += image.Width;
        var row = new RgbImage(width, images[0].Height);
        var left = 0;
        foreach (var image in images)
        {
            for (var y = 0; y < row.Height; y++)
                image.Pixels.Slice(y * image.Width * 3, image.Width * 3).CopyTo(row.Pixels[(((y * width) + left) * 3)..]);
            left += image.Width;
        }
        return row;
    }
}
