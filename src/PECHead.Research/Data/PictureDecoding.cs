using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace PECHead.Research.Data;

/// <summary>Pixels of PNG, JPEG, WebP, GIF, BMP and TIFF files: upright, on white, 8 bits a channel; colour profiles are ignored.</summary>
/// <remarks>The content decides the format, not the name. The size is read and checked before anything is decoded.</remarks>
internal static class PictureDecoding
{
    /// <summary>What to do with a picture that is too large.</summary>
    public static readonly string ScaleDown = $"Scale it down to {RgbImage.MaximumPixels / 1_000_000} megapixels and {RgbImage.MaximumSide} pixels a side at most.";

    private const long MostBytesPerPixel = 4;

    private static readonly Configuration Accepted = new(
        new PngConfigurationModule(), new JpegConfigurationModule(), new WebpConfigurationModule(),
        new GifConfigurationModule(), new BmpConfigurationModule(), new TiffConfigurationModule())
    {
        MemoryAllocator = new ZeroedMemory(MostBytesPerPixel * RgbImage.MaximumPixels),
    };

    // The most pixels that one byte of a file can stand for: deflate makes 1032 bytes of one, of 8 pixels each; a JPEG spends at
    // least one bit on a block of 64 pixels, which sampling factors spread over 16 times as many; an LZW code of 12 bits stands
    // for 4096 pixels; a run of a BMP is 2 bytes for 255. Small files that declare large pictures are refused by it.
    private static readonly Dictionary<IImageFormat, long> MostPixelsPerByte = new()
    {
        [PngFormat.Instance] = 8 * 1032,
        [JpegFormat.Instance] = 8 * 64 * 16,
        [GifFormat.Instance] = 4096,
        [BmpFormat.Instance] = 128,
    };

    /// <summary>Whether a file is of one of the formats.</summary>
    /// <param name="start">Its first bytes.</param>
    public static bool IsAccepted(ReadOnlySpan<byte> start) => Image.DetectFormat(Accepted, start) is not null;

    /// <summary>Size of a picture as stored, read from its first bytes; null: not of these formats, or not readable.</summary>
    /// <param name="path">The file.</param>
    public static (int Width, int Height)? SizeOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Image.Identify(Accepted, file) is { } size ? (size.Width, size.Height) : null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The decoder meets damaged files with exceptions of many types; reading the frame says what is wrong.
            return null;
        }
    }

    /// <summary>The position in which a camera held a picture, where ffmpeg does not turn it upright by itself: all of these formats but JPEG.</summary>
    /// <param name="path">The file.</param>
    /// <returns>EXIF's number, 1 to 8; 1 is upright, and where nothing is known.</returns>
    public static int PositionOf(string path)
    {
        const int Upright = 1, Last = 8;
        try
        {
            var file = File.ReadAllBytes(path);
            if (Image.DetectFormat(Accepted, file) is not { } format || format == JpegFormat.Instance || PictureContainer.Reduce(format, file) is not { } picture) return Upright;
            var stored = Image.Identify(Accepted, picture, out _);
            var exif = stored?.Metadata.ExifProfile;
            if (format == TiffFormat.Instance)
            {
                // Of a TIFF the position is a mark of the frame, which is read with its pixels only.
                CheckSize(format, stored, picture.Length, path);
                using var image = Image.Load<Rgba32>(Accepted, picture);
                exif = image.Metadata.ExifProfile ?? image.Frames.RootFrame.Metadata.ExifProfile;
            }
            return exif?.GetValue(ExifTag.Orientation)?.Value is { } position and <= Last and > 0 ? position : Upright;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The decoder meets damaged files with exceptions of many types; reading the frame says what is wrong.
            return Upright;
        }
    }

    /// <summary>Decodes a file in memory.</summary>
    /// <param name="file">The whole file; may be changed.</param>
    /// <param name="path">What messages call it.</param>
    /// <returns>The picture; null: another format, or a kind of these formats that is not read here.</returns>
    /// <exception cref="DataException">Truncated, damaged, or too large.</exception>
    public static RgbImage? Decode(byte[] file, string path) => Decode(file, path, OnWhite);

    /// <summary>How opaque every pixel of a file in memory is, in all three channels; null: all of them wholly, or a format that is not read here.</summary>
    /// <param name="file">The whole file; may be changed.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="DataException">As for <see cref="Decode(byte[], string)"/>.</exception>
    public static RgbImage? DecodeAlpha(byte[] file, string path)
        => Decode(file, path, Alpha) is { } alpha && alpha.Pixels.ContainsAnyExcept(byte.MaxValue) ? alpha : null;

    private static RgbImage? Decode(byte[] file, string path, Func<Image<Rgba32>, RgbImage> take)
    {
        if (Image.DetectFormat(Accepted, file) is not { } format)
            return null;
        try
        {
            if (PictureContainer.Reduce(format, file) is not { } picture)
                return null;
            CheckSize(format, Image.Identify(Accepted, picture, out _), picture.Length, path);
            using var image = Image.Load<Rgba32>(Accepted, picture);
            // A TIFF's position is a tag of its page.
            image.Metadata.ExifProfile ??= image.Frames.RootFrame.Metadata.ExifProfile;
            image.Mutate(steps => steps.AutoOrient());
            return take(image);
        }
        catch (NotSupportedException)
        {
            return null;
        }
        catch (Exception failure) when (failure is not DataException)
        {
            // The decoder meets damaged files with exceptions of many types, index and null errors among them.
            throw VideoInfo.Unreadable(path, failure.Message);
        }
    }

    private static void CheckSize(IImageFormat format, IImageInfo? size, long length, string path)
    {
        if (size is not { Width: > 0, Height: > 0 })
            throw new InvalidDataException("no size in it");
        var pixels = (long)size.Width * size.Height;
        if (size.Width > RgbImage.MaximumSide || size.Height > RgbImage.MaximumSide || pixels > RgbImage.MaximumPixels)
            throw new DataException(
                $"a picture of {size.Width}x{size.Height} pixels is larger than what is read", path,
                ScaleDown);
        if (MostPixelsPerByte.TryGetValue(format, out var most) && pixels > most * length)
            throw new InvalidDataException($"{length} bytes cannot hold {size.Width}x{size.Height} pixels");
    }

    // By hand: the library's background takes 22 bytes of memory a pixel.
    private static RgbImage OnWhite(Image<Rgba32> image)
    {
        return Each(image, pixel => new Rgb24(Over(pixel.R, pixel.A), Over(pixel.G, pixel.A), Over(pixel.B, pixel.A)));

        static byte Over(byte value, byte alpha) => (byte)(255 - ((((255 - value) * alpha) + 127) / 255));
    }

    private static RgbImage Alpha(Image<Rgba32> image) => Each(image, pixel => new Rgb24(pixel.A, pixel.A, pixel.A));

    private static RgbImage Each(Image<Rgba32> image, Func<Rgba32, Rgb24> colour)
    {
        var result = new RgbImage(image.Width, image.Height);
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
            {
                var target = MemoryMarshal.Cast<byte, Rgb24>(result.Pixels.Slice(y * rows.Width * 3, rows.Width * 3));
                var row = rows.GetRowSpan(y);
                for (var x = 0; x < row.Length; x++)
                    target[x] = colour(row[x]);
            }
        });
        return result;
    }
}
