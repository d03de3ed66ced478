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
        if (!File.Exists(path))
            throw new DataException("no such picture", path, "Check the path.");
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
        if (File.Exists(path) && Decode(path) is { } whole)
            return VideoFrames.CutSquare(whole, crop, size, path, tools);
        using var frames = VideoFrames.Open(path, new VideoFramesOptions { Range = new FrameRange(0, 1), Crop = crop, Size = size }, tools);
        return frames.ReadAll().FirstOrDefault() ?? throw VideoInfo.Unreadable(path, "no picture in it");
    }

    /// <summary>Writes a PNG: aside first, then moved into place.</summary>
    /// <param name="path">The .png file to make or replace.</param>
    /// <param name="image">The picture.</param>
    /// <exception cref="DataException">The folder cannot be written, or the disk is full.</exception>
    public static void WritePng(string path, RgbImage image)
    {
        using var file = new ReplacedFile(path);
        try
        {
            File.WriteAllBytes(file.AsidePath, PictureEncoding.Png(image));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, path);
        }
        file.Commit();
    }

    // Null: a video, or a picture of a format that only ffmpeg may know.
    private static RgbImage? Decode(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var start = new byte[StartBytes];
            var count = file.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
            if (Refused(start) is { } kind)
                throw new DataException($"{kind} is not read", path, "Save it as PNG or JPEG first.");
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

    // Formats that ffmpeg does not know, or of which it shows a part and calls it the whole.
    private static string? Refused(ReadOnlySpan<byte> start)
    {
        if (start[4..].StartsWith("ftyphei"u8) || start[4..].StartsWith("ftyphev"u8))
            return "an HEIC photograph";
        if (start.StartsWith("%PDF"u8))
            return "a PDF document";
        return start.StartsWith("<svg"u8) || start.StartsWith("<?xml"u8) ? "an SVG drawing" : null;
    }

    private static RgbImage ReadByFfmpeg(string path, MediaTools? tools)
    {
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-xerror", "-max_pixels", $"{RgbImage.MaximumPixels}", "-i", "file:" + Path.GetFullPath(path),
            "-map", "0:v:0", "-frames:v", "1", "-vf", "scale=flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=rgb24",
            "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
        ];
        using var ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg);
        var (width, height) = ReadHeader(ffmpeg.Output) ?? throw Failed(ffmpeg, path);
        if (width is < 1 or > RgbImage.MaximumSide || height is < 1 or > RgbImage.MaximumSide || (long)width * height > RgbImage.MaximumPixels)
            throw new DataException($"a picture of {width}x{height} pixels is outside what is read", path, $"The longest side may be {RgbImage.MaximumSide} pixels.");
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
        return VideoInfo.Unreadable(path, ffmpeg.Errors);
    }
}
