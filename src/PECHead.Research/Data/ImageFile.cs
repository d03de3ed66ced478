using System.Text;

namespace PECHead.Research.Data;

/// <summary>Pictures on disk, read and written by ffmpeg: any format in, PNG out.</summary>
public static class ImageFile
{
    /// <summary>Reads a picture at its own size; transparency is dropped.</summary>
    /// <param name="path">PNG, JPEG, WebP or anything else that ffmpeg reads; of a video, its first frame.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>RGB, 0 to 255.</returns>
    /// <exception cref="DataException">Missing, damaged or too large file, or no ffmpeg.</exception>
    public static RgbImage Read(string path, MediaTools? tools = null)
    {
        if (!File.Exists(path))
            throw new DataException("no such picture", path, "Check the path.");
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-xerror", "-i", "file:" + Path.GetFullPath(path),
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

    /// <summary>Reads a picture, cuts a square and resizes it with the area filter, as frames of a store are.</summary>
    /// <param name="path">As for <see cref="Read"/>.</param>
    /// <param name="size">Side of the result, pixels.</param>
    /// <param name="crop">The square; null: the largest in the middle.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>size x size RGB, 0 to 255.</returns>
    /// <exception cref="DataException">As for <see cref="Read"/>, or the crop lies outside the picture.</exception>
    public static RgbImage ReadSquare(string path, int size, Crop? crop = null, MediaTools? tools = null)
    {
        var options = new VideoFramesOptions { Range = new FrameRange(0, 1), Crop = crop ?? Crop.Centre, Size = size };
        using var frames = VideoFrames.Open(path, options, tools);
        return frames.ReadAll().FirstOrDefault() ?? throw VideoInfo.Unreadable(path, "no picture in it");
    }

    /// <summary>Writes a PNG: aside first, then moved into place.</summary>
    /// <param name="path">The .png file to make or replace.</param>
    /// <param name="image">The picture.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <exception cref="DataException">The folder cannot be written, the disk is full, or no ffmpeg.</exception>
    public static void WritePng(string path, RgbImage image, MediaTools? tools = null)
    {
        using var file = new ReplacedFile(path);
        string[] arguments =
        [
            "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{image.Width}x{image.Height}", "-i", "pipe:0",
            "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "file:" + file.AsidePath,
        ];
        using var ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg);
        IOException? broken = null;
        try
        {
            ffmpeg.Input.Write(image.Pixels);
            ffmpeg.Input.Close();
        }
        catch (IOException failure)
        {
            // The exit code and the error text, below, say more than a broken pipe.
            broken = failure;
        }

        if (ffmpeg.WaitForExit() != 0 || broken is not null)
            throw new DataException($"the picture could not be written ({VideoInfo.Shorten(ffmpeg.Errors)})", path, "Check the free space and the folder's permissions.", broken);
        file.Commit();
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
