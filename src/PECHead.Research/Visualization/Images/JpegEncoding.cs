using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>JPEG bytes in memory, by ffmpeg.</summary>
internal static class JpegEncoding
{
    /// <summary>Full chroma, at a quality where a face shows no blocks.</summary>
    public static byte[] Encode(RgbImage image, MediaTools? tools = null)
        => Encode(["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{image.Width}x{image.Height}"], image.Pixels, tools);

    /// <summary>Another encoding of the same picture.</summary>
    public static byte[] FromPng(ReadOnlySpan<byte> png, MediaTools? tools = null) => Encode(["-f", "image2pipe", "-c:v", "png"], png, tools);

    private static byte[] Encode(string[] input, ReadOnlySpan<byte> bytes, MediaTools? tools)
    {
        string[] arguments =
        [
            "-v", "error", .. input, "-i", "pipe:0",
            "-frames:v", "1", "-pix_fmt", "yuvj444p", "-c:v", "mjpeg", "-q:v", "2", "-bitexact", "-f", "image2pipe", "pipe:1",
        ];
        using var ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg);
        try
        {
            ffmpeg.Input.Write(bytes);
            ffmpeg.Input.Close();
        }
        catch (IOException)
        {
            // The exit code and the error text, below, say more than a broken pipe.
        }
        using var jpeg = new MemoryStream();
        ffmpeg.Output.CopyTo(jpeg);
        return ffmpeg.WaitForExit() == 0 && jpeg.Length > 0
            ? jpeg.ToArray()
            : throw new DataException($"the frames could not be encoded ({VideoInfo.Shorten(ffmpeg.Errors)})", null, MediaTools.InstallFfmpeg);
    }
}
