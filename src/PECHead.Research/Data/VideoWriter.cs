using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>
/// Encodes RGB frames: a name that ends in .mkv keeps every pixel (FFV1, RGB), any other is an MP4 (H.264, yuv420p, BT.709) that any
/// player shows. The file is written aside and takes its place in <see cref="Complete"/>; disposing before that leaves nothing behind.
/// </summary>
public sealed class VideoWriter : IDisposable
{
    private readonly string _path;
    private readonly ReplacedFile _file;
    private readonly ExternalProgram _ffmpeg;
    private int _framesWritten;
    private bool _complete;

    /// <summary>Starts the encoder.</summary>
    /// <param name="path">The .mp4 or .mkv file to make or replace.</param>
    /// <param name="width">Width of the frames, pixels; an odd size is padded by one black pixel.</param>
    /// <param name="height">Height of the frames, pixels.</param>
    /// <param name="rate">Frames per second, above 0 to 1000.</param>
    /// <param name="quality">H.264 constant rate factor, 0 (large) to 51; without meaning for .mkv.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <param name="audioFrom">A video whose sound is taken along unchanged where the file can hold it; null, or one without sound: silence.</param>
    /// <exception cref="DataException">No ffmpeg, or the folder cannot be written.</exception>
    public VideoWriter(string path, int width, int height, double rate, int quality = 18, MediaTools? tools = null, string? audioFrom = null)
    {
        FrameBytes = RgbImage.ByteCount(width, height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 1000);
        ArgumentOutOfRangeException.ThrowIfNegative(quality);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 51);
        (_path, Width, Height) = (path, width, height);
        var (soundInput, soundOutput) = AudioTrack.Arguments(audioFrom, tools ?? MediaTools.Default);
        _file = new ReplacedFile(path);
        string[] arguments =
        [
            "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{width}x{height}",
            "-r", rate.ToString("R", CultureInfo.InvariantCulture), "-i", "pipe:0", .. soundInput,
            .. KeepsEveryPixel(path) ? Lossless : Playable(quality), .. soundOutput, .. Container(path), "file:" + _file.AsidePath,
        ];
        _ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg);
    }

    /// <summary>Whether a file of this name keeps every pixel.</summary>
    /// <param name="path">Its name.</param>
    public static bool KeepsEveryPixel(string path) => Path.GetExtension(path).Equals(".mkv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Width of the frames, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the frames, pixels.</summary>
    public int Height { get; }

    /// <summary>Bytes of a frame: height·width·3.</summary>
    public int FrameBytes { get; }

    /// <summary>Appends a frame.</summary>
    /// <param name="frame">[H, W, 3], 0 to 255.</param>
    /// <exception cref="DataException">The encoder stopped: disk full, or no H.264 encoder in this ffmpeg.</exception>
    public void Write(ReadOnlySpan<byte> frame)
    {
        ObjectDisposedException.ThrowIf(_complete, this);
        if (frame.Length != FrameBytes)
            throw new ArgumentException($"expected {FrameBytes} bytes for {Width}x{Height} RGB, received {frame.Length}", nameof(frame));
        try
        {
            _ffmpeg.Input.Write(frame);
            _framesWritten++;
        }
        catch (IOException failure)
        {
            throw Failed(failure);
        }
    }

    /// <summary>Appends a frame.</summary>
    /// <param name="frame">A picture of the writer's size.</param>
    public void Write(RgbImage frame) => Write(frame.Pixels);

    /// <summary>Ends the video and moves it to its place.</summary>
    /// <exception cref="DataException">The encoder failed or no frame was written.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_complete, this);
        _complete = true;
        if (_framesWritten == 0)
            throw new DataException("a video needs at least one frame", _path, "Check what should have been written.");
        try
        {
            _ffmpeg.Input.Close();
        }
        catch (IOException failure)
        {
            throw Failed(failure);
        }

        if (_ffmpeg.WaitForExit() != 0)
            throw Failed(null);
        _file.Commit();
    }

    /// <summary>Stops the encoder; without <see cref="Complete"/> no file is made.</summary>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        _file.Dispose();
    }

    private static string[] Lossless => ["-c:v", "ffv1", "-level", "3", "-pix_fmt", "bgr0"];

    private static string[] Playable(int quality) =>
    [
        "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p",
        "-c:v", "libx264", "-crf", quality.ToString(CultureInfo.InvariantCulture),
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
    ];

    private static string[] Container(string path) => KeepsEveryPixel(path) ? ["-f", "matroska"] : ["-movflags", "+faststart", "-f", "mp4"];

    private DataException Failed(Exception? failure)
    {
        _ffmpeg.WaitForExit();
        return new DataException(
            $"the video could not be written ({VideoInfo.Shorten(_ffmpeg.Errors)})", _path,
            "Check the free space, and that ffmpeg has the encoders libx264 and ffv1.", failure);
    }
}
