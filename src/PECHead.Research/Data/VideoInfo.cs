using System.Globalization;
using System.Text.Json;

namespace PECHead.Research.Data;

/// <summary>What ffprobe says of a video, a picture, or a folder of frames.</summary>
/// <param name="File">The file or folder.</param>
/// <param name="Width">Width as displayed, pixels (the rotation that a phone notes in a video or a JPEG is applied).</param>
/// <param name="Height">Height as displayed, pixels.</param>
/// <param name="Rate">Frames per second, above 0.</param>
/// <param name="FrameCount">Number of frames.</param>
public sealed record VideoInfo(string File, int Width, int Height, double Rate, int FrameCount)
{
    /// <summary>Rate that a folder of frames is taken to have when none is given.</summary>
    public const double FolderRate = 25;

    private static readonly string[] FrameExtensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp"];

    /// <summary>Whether frames stand at multiples of 1/rate from time 0, so that a seek by time is exact.</summary>
    internal bool ExactSeek { get; init; }

    /// <summary>Measures a video file, a picture, or a folder of pictures in name order.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>Size, rate and number of frames.</returns>
    /// <exception cref="DataException">Missing, unreadable, no picture in it, or no ffprobe.</exception>
    public static VideoInfo Probe(string path, MediaTools? tools = null)
    {
        tools ??= MediaTools.Default;
        if (Directory.Exists(path))
        {
            var frames = FramesOfFolder(path);
            if (frames.Count == 0)
                throw new DataException("no frames in this folder", path, "Frames are .png, .jpg, .webp or .bmp files in name order.");
            return Probe(frames[0], tools) with { File = path, Rate = FolderRate, FrameCount = frames.Count, ExactSeek = false };
        }

        if (!System.IO.File.Exists(path))
            throw new DataException("no such video", path, "Check the path, or fetch the data as the manifest describes.");
        using var stream = ReadStream(path, tools, countPackets: false);
        var info = Parse(path, stream.RootElement);
        if (IsPicture(stream.RootElement) && Rotation(stream.RootElement.GetProperty("streams")[0]) == 0 && IsQuarterTurn(PictureRotation(path, tools)))
            info = info with { Width = info.Height, Height = info.Width };
        if (info.FrameCount > 0)
            return info;
        using var counted = ReadStream(path, tools, countPackets: true);
        info = info with { FrameCount = Parse(path, counted.RootElement).FrameCount };
        return info.FrameCount > 0 ? info : throw Unreadable(path, "no frames in it");
    }

    /// <summary>Files of the pictures in a folder, in ordinal order of their names after padding numbers (2 before 10).</summary>
    internal static IReadOnlyList<string> FramesOfFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder)
            .Where(file => FrameExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()) && !Path.GetFileName(file).StartsWith('.'))
            .OrderBy(file => NaturalName.Key(Path.GetFileName(file)), StringComparer.Ordinal)];

    private static JsonDocument ReadStream(string path, MediaTools tools, bool countPackets)
    {
        string[] arguments =
        [
            "-v", "error", "-select_streams", "v:0", .. countPackets ? ["-count_packets"] : Array.Empty<string>(),
            "-show_entries", "stream=width,height,avg_frame_rate,r_frame_rate,nb_frames,nb_read_packets,start_time:format=start_time,format_name:stream_tags=rotate:stream_side_data=rotation",
            "-of", "json", "file:" + Path.GetFullPath(path),
        ];
        return Ask(path, arguments, tools);
    }

    // The camera's position (EXIF) is known to ffmpeg with the decoded picture only, not with the stream.
    private static double PictureRotation(string path, MediaTools tools)
    {
        string[] arguments =
        [
            "-v", "error", "-select_streams", "v:0", "-read_intervals", "%+#1", "-show_entries", "frame_side_data=rotation",
            "-of", "json", "file:" + Path.GetFullPath(path),
        ];
        using var probe = Ask(path, arguments, tools);
        return probe.RootElement.TryGetProperty("frames", out var frames) && frames.GetArrayLength() > 0 ? Rotation(frames[0]) : 0;
    }

    // ffprobe's names of what reads single pictures: image2, jpeg_pipe, png_pipe and so on.
    private static bool IsPicture(JsonElement probe) =>
        probe.TryGetProperty("format", out var format) && format.TryGetProperty("format_name", out var name)
        && name.GetString() is { } reader && (reader == "image2" || reader.EndsWith("_pipe", StringComparison.Ordinal));

    private static JsonDocument Ask(string path, IEnumerable<string> arguments, MediaTools tools)
    {
        var (code, output, errors) = ExternalProgram.Run(tools.Ffprobe, arguments, MediaTools.InstallFfmpeg);
        if (code != 0)
            throw Unreadable(path, errors);
        try
        {
            return JsonDocument.Parse(output);
        }
        catch (JsonException failure)
        {
            throw new DataException("ffprobe gave no description", path, MediaTools.InstallFfmpeg, failure);
        }
    }

    private static VideoInfo Parse(string path, JsonElement probe)
    {
        if (!probe.TryGetProperty("streams", out var streams) || streams.GetArrayLength() == 0)
            throw Unreadable(path, "no picture stream in it");
        var stream = streams[0];
        var width = (int)Number(stream, "width", 0);
        var height = (int)Number(stream, "height", 0);
        if (width is < 1 or > RgbImage.MaximumSide || height is < 1 or > RgbImage.MaximumSide || (long)width * height > RgbImage.MaximumPixels)
            throw new DataException($"frames of {width}x{height} pixels are outside what is read", path, $"The longest side may be {RgbImage.MaximumSide} pixels.");
        if (IsQuarterTurn(Rotation(stream)))
            (width, height) = (height, width);
        var nominal = Ratio(stream, "r_frame_rate");
        var average = Ratio(stream, "avg_frame_rate");
        var rate = average > 0 ? average : nominal > 0 ? nominal : FolderRate;
        var count = Number(stream, "nb_frames", Number(stream, "nb_read_packets", 0));
        var start = Number(stream, "start_time", 0);
        var formatStart = probe.TryGetProperty("format", out var format) ? Number(format, "start_time", 0) : 0;
        return new VideoInfo(path, width, height, rate, (int)Math.Clamp(count, 0, int.MaxValue))
        {
            ExactSeek = Math.Abs(nominal - average) < 1e-6 && start == 0 && formatStart == 0,
        };
    }

    private static bool IsQuarterTurn(double degrees) => Math.Abs(degrees) % 180 == 90;

    private static double Rotation(JsonElement stream)
    {
        if (stream.TryGetProperty("side_data_list", out var list))
            foreach (var entry in list.EnumerateArray())
                if (entry.TryGetProperty("rotation", out _))
                    return Number(entry, "rotation", 0);
        return stream.TryGetProperty("tags", out var tags) ? Number(tags, "rotate", 0) : 0;
    }

    // ffprobe writes numbers both bare and as text.
    private static double Number(JsonElement element, string name, double otherwise)
    {
        if (!element.TryGetProperty(name, out var value))
            return otherwise;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : otherwise;
    }

    private static double Ratio(JsonElement stream, string name)
    {
        if (!stream.TryGetProperty(name, out var value) || value.GetString()?.Split('/') is not [var over, var under])
            return 0;
        return double.TryParse(over, CultureInfo.InvariantCulture, out var n) && double.TryParse(under, CultureInfo.InvariantCulture, out var d) && d > 0 ? n / d : 0;
    }

    internal static DataException Unreadable(string path, string reason) =>
        new($"not readable as a video or picture ({Shorten(reason)})", path, "The file is truncated, damaged or of an unknown format; fetch or encode it again.");

    internal static string Shorten(string text)
    {
        var line = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no reason given";
        return line.Length <= 300 ? line : line[..300];
    }
}
