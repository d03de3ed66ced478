using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>What to read of a video.</summary>
public sealed record VideoFramesOptions
{
    /// <summary>Part of the video; the whole by default.</summary>
    public ClipRange Range { get; init; } = ClipRange.Whole;

    /// <summary>Square to cut from every frame; null keeps the whole frame.</summary>
    public Crop? Crop { get; init; }

    /// <summary>Side in pixels that the square is resized to (area filter); null keeps its size. Needs <see cref="Crop"/>.</summary>
    public int? Size { get; init; }
}

/// <summary>
/// Frames of a video, of a picture, or of a folder of pictures, decoded by ffmpeg through a pipe one after the other:
/// memory holds one frame, whatever the length.
/// </summary>
/// <remarks>
/// <b>Choice:</b> pixels are turned into RGB before they are cropped, so that an odd crop edge is exact in 4:2:0 video, and
/// shrunk with the area filter, which averages all source pixels under a target pixel and so does not alias.
/// </remarks>
public sealed class VideoFrames : IDisposable
{
    private readonly FrameInput _input;
    private readonly ExternalProgram _ffmpeg;
    private readonly MediaTools _tools;
    private readonly byte[]? _current;
    private int _decoded;
    private bool _ended;

    private VideoFrames(VideoInfo info, FrameSpan span, int width, int height, ExternalProgram ffmpeg, FrameInput input, MediaTools tools)
    {
        (Info, Span, Width, Height, _ffmpeg, _input, _tools) = (info, span, width, height, ffmpeg, input, tools);
        // Where frames repeat, or damage may end them early, the last one is kept.
        _current = info.Shown is null && !info.Reading.AllowDamaged ? null : new byte[FrameBytes];
    }

    /// <summary>The video as measured.</summary>
    public VideoInfo Info { get; }

    /// <summary>The frames that are read.</summary>
    public FrameSpan Span { get; }

    /// <summary>Width of the frames that are read, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the frames that are read, pixels.</summary>
    public int Height { get; }

    /// <summary>Bytes of a frame: <see cref="Height"/>·<see cref="Width"/>·3.</summary>
    public int FrameBytes => Width * Height * 3;

    /// <summary>Frames read so far.</summary>
    public int FramesRead { get; private set; }

    /// <summary>Starts to decode.</summary>
    /// <param name="path">Video file, picture, or folder of pictures in name order.</param>
    /// <param name="options">Part, crop and size; null: everything, as a screen would show it.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>The frames; dispose to stop early.</returns>
    /// <exception cref="DataException">Missing or unreadable file, too short, crop outside the frame, or no ffmpeg.</exception>
    public static VideoFrames Open(string path, VideoFramesOptions? options = null, MediaTools? tools = null) =>
        Open(VideoInfo.Probe(path, tools), options, tools);

    /// <summary>Starts to decode a video that has been measured already.</summary>
    /// <param name="info">From <see cref="VideoInfo.Probe"/>.</param>
    /// <param name="options">Part, crop and size; null: everything as it is.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>The frames; dispose to stop early.</returns>
    /// <exception cref="DataException">As the other overload.</exception>
    public static VideoFrames Open(VideoInfo info, VideoFramesOptions? options = null, MediaTools? tools = null)
    {
        options ??= new VideoFramesOptions();
        if (options.Size is { } side)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(side, 1, "options.Size");
            ArgumentOutOfRangeException.ThrowIfGreaterThan(side, RgbImage.MaximumSide, "options.Size");
        }

        if (options is { Size: not null, Crop: null })
            throw new ArgumentException("a size needs a crop: resizing is of squares", nameof(options));
        var span = options.Range.Resolve(info);
        var square = options.Crop is { } crop ? crop.ResolveFor(info) : (CropSquare?)null;
        var width = options.Size ?? square?.Side ?? info.Width;
        var height = options.Size ?? square?.Side ?? info.Height;
        var input = new FrameInput(info.File);
        try
        {
            var ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, Arguments(info, span, square, options.Size, input), MediaTools.InstallFfmpeg);
            return new VideoFrames(info, span, width, height, ffmpeg, input, tools ?? MediaTools.Default);
        }
        catch (DataException)
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>Cuts and resizes a picture in memory with the filters that frames go through.</summary>
    /// <exception cref="DataException">The crop lies outside the picture, or no ffmpeg.</exception>
    internal static RgbImage CutSquare(RgbImage image, Crop crop, int size, string path, MediaTools? tools)
    {
        var info = new VideoInfo(path, image.Width, image.Height, VideoInfo.FolderRate, 1);
        var square = crop.ResolveFor(info);
        string[] arguments =
        [
            "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{image.Width}x{image.Height}", "-i", "pipe:0",
            "-vf", string.Join(',', [.. CropFilters(square, info), .. size == square.Side ? [] : new[] { AreaScale(size) }]), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
        ];
        using var ffmpeg = ExternalProgram.Start((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg);
        var cut = new RgbImage(size, size);
        try
        {
            // One frame: ffmpeg writes nothing before it has read all of it.
            ffmpeg.Input.Write(image.Pixels);
            ffmpeg.Input.Close();
            ffmpeg.Output.ReadExactly(cut.Pixels);
        }
        catch (IOException failure)
        {
            ffmpeg.WaitForExit();
            throw new DataException($"the square could not be cut ({VideoInfo.Shorten(ffmpeg.Errors)})", path, MediaTools.InstallFfmpeg, failure);
        }
        return cut;
    }

    /// <summary>Reads the next frame.</summary>
    /// <param name="frame">Receives <see cref="FrameBytes"/> bytes, [H, W, 3].</param>
    /// <returns>False after the last frame, when the video proved whole.</returns>
    /// <exception cref="DataException">The video is truncated or damaged.</exception>
    public bool Read(Span<byte> frame)
    {
        if (frame.Length != FrameBytes)
            throw new ArgumentException($"expected {FrameBytes} bytes for {Width}x{Height} RGB, received {frame.Length}", nameof(frame));
        if (_ended)
            return false;
        if (FramesRead < Span.Count && _current is not null && _decoded > InFile(Span.First + FramesRead) - InFile(Span.First))
        {
            _current.CopyTo(frame);
            FramesRead++;
            return true;
        }
        while (FramesRead < Span.Count)
        {
            var received = _ffmpeg.Output.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false);
            if (received != frame.Length)
                return _current is not null && Info.Reading.AllowDamaged && _decoded > 0 ? Repeat(frame) : End(received);
            if (++_decoded <= InFile(Span.First + FramesRead) - InFile(Span.First)) continue;
            if (_current is not null) frame.CopyTo(_current);
            FramesRead++;
            return true;
        }
        return End(_ffmpeg.Output.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false));
    }

    /// <summary>The remaining frames, each a picture of its own, decoded as they are asked for.</summary>
    /// <returns>Frames in order.</returns>
    /// <exception cref="DataException">While enumerating: the video is truncated or damaged.</exception>
    public IEnumerable<RgbImage> ReadAll()
    {
        while (true)
        {
            var image = new RgbImage(Width, Height);
            if (!Read(image.Pixels))
                yield break;
            yield return image;
        }
    }

    /// <summary>Stops the decoder.</summary>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        _input.Dispose();
    }

    // Index in the file of a frame.
    private int InFile(int frame) => Info.Shown?[frame] ?? frame;

    // ffprobe, which counted, and ffmpeg may differ by a frame in what they save of a damaged file.
    private bool Repeat(Span<byte> frame)
    {
        _current.CopyTo(frame);
        FramesRead++;
        return true;
    }

    private bool End(int rest)
    {
        _ended = true;
        var code = _ffmpeg.WaitForExit();
        var errors = _ffmpeg.Errors;
        if (Info.Reading.AllowDamaged && FramesRead == Span.Count)
            return false;
        if (code != 0 || VideoInfo.IsDamage(errors))
            throw Info.Broken(errors, _tools);
        if (rest != 0 || FramesRead != Span.Count)
            throw Info.Broken($"{FramesRead} of {Span.Count} frames came", _tools);
        return false;
    }

    private static string[] Arguments(VideoInfo info, FrameSpan span, CropSquare? square, int? size, FrameInput input)
    {
        var (first, last) = info.Shown is { } shown ? (shown[span.First], shown[span.End - 1]) : (span.First, span.End - 1);
        // Half a frame early: the first frame at or after that time is the one wanted, whatever the rounding.
        var seek = info.ExactSeek && first > 0;
        List<string> filters = [.. info.Filters?.Before ?? []];
        if (!seek && first > 0)
            // After the deinterlacer, which looks at the frame before.
            filters.Insert(filters.FindIndex(filter => filter.StartsWith("bwdif", StringComparison.Ordinal)) + 1, $"trim=start_frame={first}");
        filters.Add(info.Filters?.ToRgb(scaled: true) ?? $"scale=flags=bilinear+{PictureFilters.Exact},format=rgb24");
        if (square is { } cut)
            filters.AddRange(CropFilters(cut, info));
        if (size is { } side && side != square?.Side)
            filters.Add(AreaScale(side));
        return
        [
            "-v", "error", "-nostdin", .. info.Reading.AllowDamaged ? Array.Empty<string>() : ["-xerror"], "-threads", "2",
            .. seek ? ["-ss", ((first - 0.5) / info.Rate).ToString("F6", CultureInfo.InvariantCulture)] : Array.Empty<string>(),
            .. input.Arguments, "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", string.Join(',', filters),
            "-frames:v", (last - first + 1).ToString(CultureInfo.InvariantCulture), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
        ];
    }

    private static string AreaScale(int side) => $"scale={side}:{side}:flags=area+{PictureFilters.Exact}";

    // Where the square leaves the frame, the frame is made larger first; the filter that repeats its border wants planes.
    private static IEnumerable<string> CropFilters(CropSquare cut, VideoInfo info)
    {
        var (left, top) = (Math.Max(0, -cut.X), Math.Max(0, -cut.Y));
        var (right, bottom) = (Math.Max(0, cut.X + cut.Side - info.Width), Math.Max(0, cut.Y + cut.Side - info.Height));
        if (left + top + right + bottom > 0)
        {
            yield return $"format=gbrp,pad={info.Width + left + right}:{info.Height + top + bottom}:{left}:{top}";
            yield return $"fillborders=left={left}:right={right}:top={top}:bottom={bottom}:mode=smear,format=rgb24";
        }

        yield return $"crop={cut.Side}:{cut.Side}:{cut.X + left}:{cut.Y + top}:exact=1";
    }
}
