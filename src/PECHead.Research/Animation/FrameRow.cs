using PECHead.Research.Data;

namespace PECHead.Research.Animation;

/// <summary>Pictures side by side.</summary>
public static class FrameRow
{
    /// <summary>Joins pictures.</summary>
    /// <param name="images">
    /// At least one, from left to right. One whose height is a fraction of the tallest one's is enlarged, every pixel to a square.
    /// </param>
    /// <returns>A picture as wide as all of them together.</returns>
    /// <exception cref="ArgumentException">No picture, or heights that do not divide the tallest one's.</exception>
    public static RgbImage Join(params ReadOnlySpan<RgbImage> images)
    {
        if (images.IsEmpty) throw new ArgumentException("Expected at least one picture.", nameof(images));
        var (width, height) = (0, 0);
        foreach (var image in images) height = Math.Max(height, image.Height);
        foreach (var image in images)
        {
            if (height % image.Height != 0) throw new ArgumentException($"Expected pictures of {height} rows or a fraction of them, received one of {image.Height}.", nameof(images));
            width += image.Width * (height / image.Height);
        }
        var row = new RgbImage(width, height);
        var left = 0;
        foreach (var image in images)
        {
            var times = height / image.Height;
            for (var y = 0; y < height; y++)
                Repeat(image.Pixels.Slice(y / times * image.Width * 3, image.Width * 3), times, row.Pixels[(((y * width) + left) * 3)..]);
            left += image.Width * times;
        }
        return row;
    }

    private static void Repeat(ReadOnlySpan<byte> pixels, int times, Span<byte> target)
    {
        if (times == 1)
        {
            pixels.CopyTo(target);
            return;
        }
        for (var x = 0; x < pixels.Length / 3 * times; x++) pixels.Slice(x / times * 3, 3).CopyTo(target[(3 * x)..]);
    }
}
