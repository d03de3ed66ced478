using System.Text.RegularExpressions;

namespace PECHead.Research.Data;

/// <summary>A video, a picture, or a folder of frames, measured, and how its frames are read at one rate.</summary>
/// <param name="File">The file or folder.</param>
/// <param name="Width">Width as displayed, pixels: upright, with square pixels.</param>
/// <param name="Height">Height as displayed, pixels.</param>
/// <param name="Rate">Frames per second, above 0.</param>
/// <param name="FrameCount">Number of frames at this rate.</param>
public sealed partial record VideoInfo(string File, int Width, int Height, double Rate, int FrameCount)
{
    /// <summary>Rate that a folder of frames is taken to have when none is given.</summary>
    public const double FolderRate = 25;

    private static readonly string[] FrameExtensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp"];

    // ffmpeg conceals damage and goes on; these are what it says when it does.
    private static readonly string[] DamageMarks =
        ["error while decoding", "concealing", "invalid data found", "corrupt", "partial file", "truncated", "decode_slice_header error", "invalid nal unit", "ended prematurely",
            "exceeds containing master element", "as first byte of an ebml number", "missing picture in access unit"];

    /// <summary>Whether it is a single picture, and no video of one frame.</summary>
    public bool IsPicture { get; init; }

    /// <summary>What had to be done to read it, a sentence each; empty for most videos.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Number of frames in the file, where it says more than can be found; otherwise 0.</summary>
    internal int Stated { get; init; }

    /// <summary>How it is read.</summary>
    internal VideoReading Reading { get; init; } = VideoReading.Standard;

    /// <summary>Whether frames stand at multiples of 1/rate from time 0, so that a seek by time is exact.</summary>
    internal bool ExactSeek { get; init; }

    /// <summary>Index in the file of every frame; null: the file's frames one by one.</summary>
    internal int[]? Shown { get; init; }

    /// <summary>Makes of the pictures what a screen would show; null: they are so.</summary>
    internal PictureFilters? Filters { get; init; }

    /// <summary>The sound; null where there is none.</summary>
    internal SoundTrack? Sound { get; init; }

    /// <summary>How much later than the file the pictures begin, seconds.</summary>
    internal double PictureDelay { get; init; }

    /// <summary>Measures a video file, a picture, or a folder of pictures in name order.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <param name="reading">How it will be read; null: the defaults.</param>
    /// <returns>Size, rate and number of frames.</returns>
    /// <exception cref="DataException">Missing, unreadable, truncated where that is not allowed, no picture in it, frames of different sizes, or no ffprobe.</exception>
    public static VideoInfo Probe(string path, MediaTools? tools = null, VideoReading? reading = null)
    {
        tools ??= MediaTools.Default;
        reading ??= VideoReading.Standard;
        if (reading.Rate is { } wanted and not (>= 1 and <= 240))
            throw new ArgumentException(FormattableString.Invariant($"Frames are read at 1 to 240 frames per second, not {wanted}."));
        if (Directory.Exists(path)) return ProbeFolder(path, tools, reading);
        MediaKind.Require(path, "video");
        var stream = ProbedVideo.Of(path, tools);
        var filters = PictureFilters.Of(stream, stream.IsPicture ? PictureDecoding.PositionOf(path) : 1, reading.Turn);
        if (filters.Width is < 1 or > RgbImage.MaximumSide || filters.Height is < 1 or > RgbImage.MaximumSide || (long)filters.Width * filters.Height > RgbImage.MaximumPixels)
            throw new DataException($"{(stream.IsPicture ? "a picture" : "a video")} of {filters.Width}x{filters.Height} pixels is larger than what is read", path, PictureDecoding.ScaleDown);
        var info = new VideoInfo(path, filters.Width, filters.Height, FolderRate, 1)
        {
            Notes = filters.Notes,
            Filters = filters.Before.Count > 0 || stream.SampleAspect != 1 || filters.OverWhite ? filters : null,
            Sound = stream.Sound,
            Reading = reading,
            IsPicture = stream.IsPicture,
        };
        return stream.IsPicture ? info with { Rate = stream.AverageRate > 0 ? stream.AverageRate : FolderRate } : Timed(info, stream, tools);
    }

    private static VideoInfo Timed(VideoInfo info, ProbedVideo stream, MediaTools tools)
    {
        // Fields may come one a packet where the container does not join them.
        var times = info.Reading.AllowDamaged || (stream.IsInterlaced && stream.StatedFrames == 0) ? FrameTimes.OfFrames(info.File, tools) : FrameTimes.OfPackets(info.File, tools);
        if (times.Count == 0) throw Unreadable(info.File, times.Damage.Length > 0 ? times.Damage : "no frames in it");
        var damaged = IsDamage(times.Damage);
        // Without times (AVI), the stated rate is constant.
        var timing = times.Seconds.Length > 0
            ? FrameTiming.Of(times.Seconds, times.LastSeconds, stream.NominalRate, stream.AverageRate, info.Reading.Rate)
            : FrameTiming.Of([.. Enumerable.Range(0, times.Count).Select(i => i / StatedRate(stream))], 0, stream.NominalRate, stream.AverageRate, info.Reading.Rate);
        var stated = Math.Max(times.Count, stream.StatedFrames - times.Dropped);
        if (damaged && !info.Reading.AllowDamaged) throw (info with { Stated = stated }).Broken(times.Damage, tools);
        var notes = info.Notes.ToList();
        if (timing.Note is { } note) notes.Add(note);
        if (damaged || (info.Reading.AllowDamaged && times.Count < stated)) notes.Add($"truncated or damaged; {(times.Count < stated ? $"{times.Count} of its {stated} frames can be decoded and are taken" : $"the {times.Count} frames that can be decoded are taken")}");
        var first = times.Seconds.Length > 0 ? times.Seconds[0] : stream.Start;
        return info with
        {
            Rate = timing.Rate,
            FrameCount = timing.Count,
            Stated = stated,
            Shown = timing.Shown,
            Notes = notes,
            PictureDelay = Math.Max(0, first - stream.FileStart),
            ExactSeek = timing.Shown is null && !stream.IsInterlaced && !info.Reading.AllowDamaged && times.Dropped == 0
                && Math.Abs(stream.NominalRate - stream.AverageRate) < 1e-6 && first == 0 && stream.FileStart == 0,
        };
    }

    private static double StatedRate(ProbedVideo stream) => stream.AverageRate > 0 ? stream.AverageRate : stream.NominalRate > 0 ? stream.NominalRate : FolderRate;

    private static VideoInfo ProbeFolder(string folder, MediaTools tools, VideoReading reading)
    {
        var frames = FramesOfFolder(folder);
        if (frames.Count == 0)
            throw new DataException("no frames in this folder", folder, "Frames are .png, .jpg, .webp or .bmp files in name order.");
        var size = PictureDecoding.SizeOf(frames[0]);
        foreach (var frame in frames)
        {
            if (PictureDecoding.SizeOf(frame) is { } other && size is { } first && other != first)
                throw new DataException(
                    $"{Path.GetFileName(frame)} has {other.Width}x{other.Height} pixels, and {Path.GetFileName(frames[0])} before it {first.Width}x{first.Height}", folder,
                    "A folder of pictures is one clip, whose frames have one size. Give every picture of its own a folder of its own.");
        }
        return Probe(frames[0], tools) with { File = folder, Rate = reading.Rate ?? FolderRate, FrameCount = frames.Count, ExactSeek = false, Reading = reading };
    }

    /// <summary>Files of the pictures in a folder, in ordinal order of their names after padding numbers (2 before 10).</summary>
    internal static IReadOnlyList<string> FramesOfFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder)
            .Where(file => FrameExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()) && !Path.GetFileName(file).StartsWith('.'))
            .OrderBy(file => NaturalName.Key(Path.GetFileName(file)), StringComparer.Ordinal)];

    /// <summary>Whether what a program said tells of a truncated or damaged file.</summary>
    internal static bool IsDamage(string errors) => DamageMarks.Any(mark => errors.Contains(mark, StringComparison.OrdinalIgnoreCase));

    /// <summary>The error of a file that breaks off while it is read: how much of it can be had.</summary>
    /// <param name="reason">What ffmpeg said.</param>
    /// <param name="tools">The programs to use.</param>
    internal DataException Broken(string reason, MediaTools tools)
    {
        if (Directory.Exists(File)) return Unreadable(File, reason);
        var readable = FrameTimes.OfFrames(File, tools).Count;
        if (readable == 0) return Unreadable(File, reason);
        var stated = Math.Max(readable, Stated);
        return new DataException(
            $"{(readable < stated ? $"{readable} of its {stated} frames can be decoded" : $"{readable} frames can be decoded, others are damaged or missing")} ({Shorten(reason)})", File,
            "The file is truncated or damaged: fetch or encode it again, or take what can be decoded with --allow-damaged.");
    }

    internal static DataException Unreadable(string path, string reason) =>
        new($"not readable as a video or picture ({Shorten(reason)})", path, "The file is truncated, damaged or of an unknown format; fetch or encode it again.");

    internal static string Shorten(string text)
    {
        var last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no reason given";
        var line = Speaker().Replace(last, "");
        return line.Length <= 300 ? line : line[..300];
    }

    // Which part of ffmpeg speaks, and of which file, which the message names anyway.
    [GeneratedRegex(@"^(\[[^\]]* @ 0x[0-9a-f]+\] |file:[^:]*: )+")]
    private static partial Regex Speaker();
}
