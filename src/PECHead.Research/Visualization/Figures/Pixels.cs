using PECHead.Research.Data;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>Pictures as Skia takes them, and what Skia drew as a picture and as JPEG.</summary>
internal static class Pixels
{
    // Full chroma, at a quality where a face shows no blocks.
    private static readonly SKJpegEncoderOptions JpegOptions = new(88, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore);

    /// <summary>A copy of a picture; photographs are of an opaque type, maps are not: that tells them apart later.</summary>
    public static SKImage Of(RgbImage image, bool isPhotograph, bool asJpeg = false)
    {
        var rgba = new byte[4 * image.Width * image.Height];
        var rgb = image.Pixels;
        for (int i = 0, at = 0; i < rgb.Length; i += 3, at += 4)
            (rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]) = (rgb[i], rgb[i + 1], rgb[i + 2], 255);
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, isPhotograph ? SKAlphaType.Opaque : SKAlphaType.Premul);
        var pixels = SKImage.FromPixelCopy(info, rgba);
        if (!asJpeg)
            return pixels;
        using (pixels)
            return SKImage.FromEncodedData(Jpeg(pixels));
    }

    /// <summary>A copy of a picture with something drawn on it, pixel for unit.</summary>
    public static RgbImage Draw(RgbImage image, Action<Sheet> draw)
    {
        using var ground = Of(image, isPhotograph: true);
        using var surface = SKSurface.Create(ground.Info);
        surface.Canvas.DrawImage(ground, 0, 0, new SKSamplingOptions(SKFilterMode.Nearest));
        draw(new Sheet(surface.Canvas, Medium.Pixels));
        using var drawn = surface.Snapshot();
        return ToImage(drawn);
    }

    /// <summary>A copy of what was drawn on an opaque ground.</summary>
    public static RgbImage ToImage(SKImage drawn)
    {
        using var pixels = drawn.PeekPixels();
        var rgba = pixels.GetPixelSpan();
        var rgb = new byte[3 * drawn.Width * drawn.Height];
        for (int i = 0, at = 0; i < rgb.Length; i += 3, at += 4)
            (rgb[i], rgb[i + 1], rgb[i + 2]) = (rgba[at], rgba[at + 1], rgba[at + 2]);
        return new RgbImage(drawn.Width, drawn.Height, rgb);
    }

    public static byte[] Jpeg(SKImage image)
    {
        using var pixels = image.PeekPixels();
        using var encoded = pixels.Encode(JpegOptions) ?? throw new InvalidOperationException($"Skia could not write {image.Width}x{image.Height} pixels as JPEG.");
        return encoded.ToArray();
    }
}
