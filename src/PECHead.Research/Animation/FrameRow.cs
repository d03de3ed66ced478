using PECHead.Research.Data;

namespace PECHead.Research.Animation;

/// <summary>Pictures side by side.</summary>
public static class FrameRow
{
    /// <summary>Joins pictures.</summary>
    /// <param name="images">At least one, all of one height, from left to right.</param>
    /// <returns>A picture as wide as all of them together.</returns>
    /// <exception cref="ArgumentException">No picture, or heights that differ.</exception>
    public static RgbImage Join(params ReadOnlySpan<RgbImage> images)
    {
        if (images.IsEmpty) throw new ArgumentException("Expected at least one picture.", nameof(images));
        var width = 0;
        foreach (var image in images)
        {
            if (image.Height != images[0].Height) throw new ArgumentException($"Expected pictures of {images[0].Height} rows, received one of {image.Height}.", nameof(images));
            width += image.Width;
        }
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
