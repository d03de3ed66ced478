using System.Text;

namespace PECHead.Research.Data;

/// <summary>Pictures on disk: PNG, JPEG, WebP, GIF, BMP and TIFF by ImageSharp, other formats and videos by ffmpeg; PNG out.</summary>
/// <remarks>
/// The content decides the format, not the name. A photograph is turned upright as its EXIF position says, what is transparent
/// shows white, 16 bits a channel are rounded to 8, colour profiles are ignored. Of several pages or frames the first is read.
/// </remarks>
public static class ImageFile
{
    private const int StartBytes = 64;
    private const long LargestFile = 512 << 20;

    /// <summary>Reads a picture at its own size.</summary>
    /// <param name="path">A picture, or a video whose first frame is taken; at most 100 megapixels.</param>
    /// <param name="tools">The programs for what ImageSharp does not read; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>RGB, 0 to 255.</returns>
    /// <exception cref="DataException">Missing, truncated, damaged or too large file, a format that is not read, or no ffmpeg where it is needed.</exception>
    public static RgbImage Read(string path, MediaTools? tools = null)
    {
        MediaKind.Require(path, "picture");
        return Decode(path) ?? ReadByFfmpeg(path, tools);
    }

    /// <summary>Reads a picture, cuts a square and resizes it with the area filter, as frames of a store are.</summary>
    /// <param name="path">As for <see cref="Read"/>.</param>
    /// <param name="size">Side of the result, pixels.</param>
    /// <param name="crop">The square; null: the largest in the middle.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>size x size RGB, 0 to 255.</returns>
    /// <exception cref="DataException">As for <see cref="Read"/>, or the crop lies outside the picture.</exception>
    public static RgbImage ReadSquare(string path, int size, Crop? crop = null, MediaTools? tools = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, RgbImage.MaximumSide);
        crop ??= Crop.Centre;
        MediaKind.Require(path, "picture");
        if (Decode(path) is { } whole)
            return VideoFrames.CutSquare(whole, crop, size, path, tools);
        using var frames = VideoFrames.Open(path, new VideoFramesOptions { Range = new FrameRange(0, 1), Crop = crop, Size = size }, tools);
        return frames.ReadAll().FirstOrDefault() ?? throw VideoInfo.Unreadable(path, "no picture in it");
    }

    /// <summary>Writes a PNG: aside first, then moved into place.</summary>
    /// <param name="path">The .png file to make or replace.</param>
    /// <param name="image">The picture.</param>
    /// <exception cref="DataException">The folder cannot be written, or the disk is full.</exception>
    public static void WritePng(string path, RgbImage image) => ReplacedFile.Write(path, PictureEncoding.Png(image));

    /// <summary>Writes a PNG that is as transparent as another picture.</summary>
    /// <param name="path">The .png file to make or replace.</param>
    /// <param name="image">The picture, over white.</param>
    /// <param name="alpha">From <see cref="ReadAlpha"/>, of the same size.</param>
    /// <exception cref="ArgumentException">Another size.</exception>
    /// <exception cref="DataException">As for the other overload.</exception>
    public static void WritePng(string path, RgbImage image, RgbImage alpha)
    {
        if ((image.Width, image.Height) != (alpha.Width, alpha.Height))
            throw new ArgumentException($"expected the transparency of {image.Width}x{image.Height} pixels, received {alpha.Width}x{alpha.Height}", nameof(alpha));
        ReplacedFile.Write(path, PictureEncoding.Png(image, alpha));
    }

    /// <summary>How opaque the pixels of a picture are, as a grey picture; null: all of them wholly.</summary>
    /// <param name="path">As for <see cref="Read"/>.</param>
    /// <exception cref="DataException">As for <see cref="Read"/>.</exception>
    public static RgbImage? ReadAlpha(string path)
    {
        MediaKind.Require(path, "picture");
        return PictureDecoding.DecodeAlpha(File.ReadAllBytes(path), path);
    }

    // Null: a video, or a picture of a format that only ffmpeg may know.
    private static RgbImage? Decode(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var start = new byte[StartBytes];
            var count = file.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
            if (!PictureDecoding.IsAccepted(start.AsSpan(0, count)))
                return null;
            if (file.Length > LargestFile)
                throw new DataException($"a picture of {file.Length >> 20} MB is outside what is read", path, $"A file may have {LargestFile >> 20} MB.");
            return PictureDecoding.Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, path);
        }
    }

    private static RgbImage ReadByFfmpeg(string path, MediaTools? tools)
    {
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-xerror", "-max_pixels", $"{RgbImage.MaximumPixels}", .. MediaTools.Input(path, decode: true),
            "-map", "0:v:0", "-frames:v", "1", "-vf", $"scale=flags=bilinear+{PictureFilters.Exact},format=rgb24",
            "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
        ];
        using var ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg);
        var (width, height) = ReadHeader(ffmpeg.Output) ?? throw Failed(ffmpeg, path);
        if (width is < 1 or > RgbImage.MaximumSide || height is < 1 or > RgbImage.MaximumSide || (long)width * height > RgbImage.MaximumPixels)
            throw new DataException($"a picture of {width}x{height} pixels is larger than what is read", path, PictureDecoding.ScaleDown);
        var image = new RgbImage((int)width, (int)height);
        if (ffmpeg.Output.ReadAtLeast(image.Pixels, image.Pixels.Length, throwOnEndOfStream: false) != image.Pixels.Length || ffmpeg.WaitForExit() != 0)
            throw Failed(ffmpeg, path);
        return image;
    }

    // "P6 width height 255" and one white-space byte, as ffmpeg writes it.
    private static (long Width, long Height)? ReadHeader(Stream stream)
    {
        var header = new StringBuilder();
        for (var fields = 0; fields < 4 && header.Length < 64;)
        {
            var next = stream.ReadByte();
            if (next < 0)
                return null;
            header.Append((char)next);
            if (char.IsWhiteSpace((char)next))
                fields++;
        }

        return header.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["P6", var w, var h, "255"]
            && long.TryParse(w, out var width) && long.TryParse(h, out var height) ? (width, height) : null;
    }

    private static DataException Failed(ExternalProgram ffmpeg, string path)
    {
        // What it still wants to write would keep it from ending.
        ffmpeg.Output.CopyTo(Stream.Null);
        ffmpeg.WaitForExit();
        return ffmpeg.Errors.Contains("matches no streams", StringComparison.Ordinal)
            ? new DataException("there is no picture in it", path, "Name a picture, or a video whose first frame is taken.")
            : VideoInfo.Unreadable(path, ffmpeg.Errors);
    }
}
