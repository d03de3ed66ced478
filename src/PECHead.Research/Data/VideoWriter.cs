using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>
/// Encodes RGB frames into what the name says: .mp4 and .mov (H.264, yuv420p, BT.709, shown by any player), .webm (VP9), .gif (no
/// sound), .mkv (every pixel kept: FFV1, RGB), or PNG pictures in a folder whose name ends in a slash. The result is written aside
/// and takes its place in <see cref="Complete"/>; disposing before that leaves nothing behind.
/// </summary>
public sealed class VideoWriter : IDisposable
{
    private readonly string _path;
    private readonly ReplacedFile? _file;
    private readonly PictureFolder? _folder;
    private readonly RgbImage? _alpha;
    private readonly byte[] _transparent;
    private readonly ExternalProgram _ffmpeg;
    private int _framesWritten;
    private bool _complete;

    /// <summary>Starts the encoder.</summary>
    /// <param name="path">The file to make or replace; a link is followed.</param>
    /// <param name="width">Width of the frames, pixels; H.264 and VP9 pad an odd size by one black pixel.</param>
    /// <param name="height">Height of the frames, pixels.</param>
    /// <param name="rate">Frames per second, above 0 to 1000.</param>
    /// <param name="quality">Constant rate factor, 0 (large) to 51; without meaning for .mkv, .gif and pictures.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <param name="soundOf">
    /// The video whose frames these follow: its sound is taken along, and stays in step where the pictures begin later than the
    /// sound. Null, or one without sound: silence.
    /// </param>
    /// <param name="alpha">
    /// How opaque every pixel of the frames is, which were laid over white: kept by PNG pictures, left out by other kinds. Null: all are opaque.
    /// </param>
    /// <exception cref="ArgumentException">The name asks for a kind of file that is not written, or the transparency has another size.</exception>
    /// <exception cref="DataException">No ffmpeg, something other than a file has that name, or the folder cannot be written.</exception>
    public VideoWriter(string path, int width, int height, double rate, int quality = 18, MediaTools? tools = null, VideoInfo? soundOf = null, RgbImage? alpha = null)
    {
        FrameBytes = RgbImage.ByteCount(width, height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 1000);
        ArgumentOutOfRangeException.ThrowIfNegative(quality);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 51);
        (_path, Width, Height) = (path, width, height);
        if (alpha is not null && (alpha.Width, alpha.Height) != (width, height))
            throw new ArgumentException($"expected the transparency of {width}x{height} pixels, received {alpha.Width}x{alpha.Height}", nameof(alpha));
        var format = VideoFormat.Of(path);
        _alpha = format.KeepsAlpha ? alpha : null;
        _transparent = new byte[_alpha is null ? 0 : 4 * width * height];
        var sound = AudioTrack.Of(soundOf, format);
        Note = sound.Note;
        if (format == VideoFormat.Pictures) _folder = new PictureFolder(path);
        else _file = new ReplacedFile(path);
        string[] arguments =
        [
            "-v", "error", "-y", .. sound.Delay, "-f", "rawvideo", "-pix_fmt", _alpha is null ? "rgb24" : "rgba", "-s", $"{width}x{height}",
            "-framerate", rate.ToString("R", CultureInfo.InvariantCulture), "-i", "pipe:0", .. sound.Input,
            "-fps_mode", "passthrough", .. format.Encoding(rate, quality, _alpha is not null), .. sound.Output, .. format.Muxer, "file:" + (_folder?.Pattern ?? _file!.AsidePath),
        ];
        try
        {
            _ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg);
        }
        catch
        {
            _folder?.Dispose();
            _file?.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file of this name keeps every pixel.</summary>
    /// <param name="path">Its name.</param>
    /// <exception cref="ArgumentException">The name asks for a kind of file that is not written.</exception>
    public static bool KeepsEveryPixel(string path) => VideoFormat.Of(path).KeepsEveryPixel;

    /// <summary>What became of the sound, where it is not what one expects; null otherwise.</summary>
    public string? Note { get; }

    /// <summary>Width of the frames, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the frames, pixels.</summary>
    public int Height { get; }

    /// <summary>Bytes of a frame: height·width·3.</summary>
    public int FrameBytes { get; }

    /// <summary>Appends a frame.</summary>
    /// <param name="frame">[H, W, 3], 0 to 255.</param>
    /// <exception cref="DataException">The encoder stopped: disk full, or an encoder is missing in this ffmpeg.</exception>
    public void Write(ReadOnlySpan<byte> frame)
    {
        ObjectDisposedException.ThrowIf(_complete, this);
        if (frame.Length != FrameBytes)
            throw new ArgumentException($"expected {FrameBytes} bytes for {Width}x{Height} RGB, received {frame.Length}", nameof(frame));
        try
        {
            if (_alpha is { } alpha)
            {
                PictureEncoding.Lift(frame, alpha, _transparent);
                frame = _transparent;
            }
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
        _file?.Commit();
        _folder?.Commit();
    }

    /// <summary>Stops the encoder; without <see cref="Complete"/> no file is made.</summary>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        _file?.Dispose();
        _folder?.Dispose();
    }

    private DataException Failed(Exception? failure)
    {
        _ffmpeg.WaitForExit();
        return new DataException(
            $"the video could not be written ({VideoInfo.Shorten(_ffmpeg.Errors)})", _path,
            "Check the free space, and that ffmpeg has the encoders libx264, libvpx-vp9 and ffv1.", failure);
    }
}
