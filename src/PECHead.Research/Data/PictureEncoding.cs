using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace PECHead.Research.Data;

/// <summary>Pictures as bytes of a file, in memory: for files and for pictures embedded in a document.</summary>
internal static class PictureEncoding
{
    // A third of the time of the library's own choice, and photographs get no larger by it.
    private static readonly PngEncoder LosslessPng = new()
    {
        ColorType = PngColorType.Rgb,
        BitDepth = PngBitDepth.Bit8,
        FilterMethod = PngFilterMethod.Up,
        CompressionLevel = PngCompressionLevel.Level3,
    };

    // Full chroma, at a quality where a face shows no blocks.
    private static readonly JpegEncoder FineJpeg = new() { Quality = 86, ColorType = JpegColorType.YCbCrRatio444 };

    /// <summary>Every pixel as it is.</summary>
    public static byte[] Png(RgbImage image) => Encode(image, LosslessPng);

    /// <summary>A picture that was laid over white, with its transparency back: over white it looks as before.</summary>
    /// <param name="image">Over white.</param>
    /// <param name="alpha">How opaque every pixel is, of the same size.</param>
    public static byte[] Png(RgbImage image, RgbImage alpha)
    {
        var pixels = new byte[4 * image.Width * image.Height];
        Lift(image.Pixels, alpha, pixels);
        using var wrapped = Image.WrapMemory<Rgba32>(pixels, image.Width, image.Height);
        using var bytes = new MemoryStream();
        wrapped.Save(bytes, new PngEncoder { ColorType = PngColorType.RgbWithAlpha });
        return bytes.ToArray();
    }

    /// <summary>Takes a picture off the white that it was laid over.</summary>
    /// <param name="seen">Over white, [H, W, 3].</param>
    /// <param name="alpha">How opaque every pixel is, of the same size.</param>
    /// <param name="pixels">Receives [H, W, 4]; white where nothing is seen.</param>
    public static void Lift(ReadOnlySpan<byte> seen, RgbImage alpha, Span<byte> pixels)
    {
        for (int at = 0, to = 0; at < seen.Length; at += 3, to += 4)
        {
            var opaque = alpha.Pixels[at];
            for (var channel = 0; channel < 3; channel++) pixels[to + channel] = Under(seen[at + channel], opaque);
            pixels[to + 3] = opaque;
        }

        static byte Under(byte seen, int opaque) => opaque == 0 ? byte.MaxValue : (byte)Math.Clamp(255 - (((255 - seen) * 255 + (opaque / 2)) / opaque), 0, 255);
    }

    /// <summary>A tenth of the size, no difference to the eye.</summary>
    public static byte[] Jpeg(RgbImage image) => Encode(image, FineJpeg);

    /// <summary>Another encoding of a PNG that this library made.</summary>

    private static byte[] Encode(RgbImage image, IImageEncoder encoder)
    {
        using var wrapped = Image.WrapMemory<Rgb24>(image.GetBuffer(), image.Width, image.Height);
        using var bytes = new MemoryStream();
        wrapped.Save(bytes, encoder);
        return bytes.ToArray();
    }
}
