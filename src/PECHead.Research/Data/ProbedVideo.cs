using System.Globalization;
using System.Text.Json;

namespace PECHead.Research.Data;

/// <summary>What ffprobe says of the pictures and the sound of a file.</summary>
internal sealed record ProbedVideo
{
    private static readonly string[] AlphaFormats = ["yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "pal8"];

    /// <summary>Width as stored, pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height as stored, pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Width of a pixel over its height, 1 where unknown.</summary>
    public double SampleAspect { get; init; } = 1;

    /// <summary>Whether the picture is turned by a quarter when it is shown.</summary>
    public bool IsTurned { get; init; }

    /// <summary>Whether the stream says that its frames are two fields.</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Whether its pixels may be transparent.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Transfer, primaries and matrix as ffmpeg calls them; null where unknown.</summary>
    public string? Transfer { get; init; }

    /// <inheritdoc cref="Transfer"/>
    public string? Primaries { get; init; }

    /// <inheritdoc cref="Transfer"/>
    public string? Matrix { get; init; }

    /// <summary>Frames per second that all times are multiples of, and on average; 0 where unknown.</summary>
    public double NominalRate { get; init; }

    /// <inheritdoc cref="NominalRate"/>
    public double AverageRate { get; init; }

    /// <summary>Number of frames that the file states, 0 where it does not.</summary>
    public int StatedFrames { get; init; }

    /// <summary>Seconds at which pictures begin, and at which the first stream does.</summary>
    public double Start { get; init; }

    /// <inheritdoc cref="Start"/>
    public double FileStart { get; init; }

    /// <summary>What ffprobe calls the container.</summary>
    public required string Container { get; init; }

    /// <summary>The sound; null where there is none.</summary>
    public SoundTrack? Sound { get; init; }

    /// <summary>Whether it is a single picture: image2, jpeg_pipe, png_pipe and so on.</summary>
    public bool IsPicture => Container == "image2" || Container.EndsWith("_pipe", StringComparison.Ordinal);

    /// <summary>Asks ffprobe.</summary>
    /// <exception cref="DataException">Not readable, no pictures in it, or no ffprobe.</exception>
    public static ProbedVideo Of(string path, MediaTools tools)
    {
        using var probe = Ask(path, tools,
            "stream=index,codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,nb_frames,start_time,sample_aspect_ratio,field_order,pix_fmt,color_transfer,color_primaries,color_space"
            + ":stream_disposition=default:format=start_time,format_name:stream_tags=rotate:stream_side_data=rotation");
        var streams = probe.RootElement.TryGetProperty("streams", out var list) ? list.EnumerateArray().ToList() : [];
        var video = streams.Find(stream => Text(stream, "codec_type") == "video");
        if (video.ValueKind == JsonValueKind.Undefined)
        {
            throw streams.Exists(stream => Text(stream, "codec_type") == "audio")
                ? new DataException("there is sound in it, and no picture", path, "Name a video or a picture.")
                : VideoInfo.Unreadable(path, "no picture stream in it");
        }
        var format = probe.RootElement.GetProperty("format");
        var sounds = streams.FindAll(stream => Text(stream, "codec_type") == "audio" && Text(stream, "codec_name") is { } codec && codec != "unknown");
        var sound = sounds.Find(stream => stream.TryGetProperty("disposition", out var way) && Number(way, "default", 0) == 1) is { ValueKind: JsonValueKind.Object } chosen
            ? chosen : sounds.FirstOrDefault();
        var rotation = Rotation(video);
        var probed = new ProbedVideo
        {
            Width = (int)Number(video, "width", 0),
            Height = (int)Number(video, "height", 0),
            SampleAspect = Ratio(video, "sample_aspect_ratio", ':') is > 0 and var aspect ? aspect : 1,
            IsInterlaced = Text(video, "field_order") is "tt" or "bb" or "tb" or "bt",
            HasAlpha = Text(video, "pix_fmt") is { } pixels && AlphaFormats.Any(format => pixels.StartsWith(format, StringComparison.Ordinal)),
            Transfer = Text(video, "color_transfer"),
            Primaries = Text(video, "color_primaries"),
            Matrix = Text(video, "color_space"),
            NominalRate = Ratio(video, "r_frame_rate", '/'),
            AverageRate = Ratio(video, "avg_frame_rate", '/'),
            StatedFrames = (int)Math.Clamp(Number(video, "nb_frames", 0), 0, int.MaxValue),
            Start = Number(video, "start_time", 0),
            FileStart = Number(format, "start_time", 0),
            Container = Text(format, "format_name") ?? "",
            Sound = sound.ValueKind == JsonValueKind.Object ? new SoundTrack((int)Number(sound, "index", 0), Text(sound, "codec_name")!) : null,
            IsTurned = IsQuarterTurn(rotation),
        };
        return probed.IsPicture && rotation == 0 ? probed with { IsTurned = IsQuarterTurn(PictureRotation(path, tools)) } : probed;
    }

    // The camera's position (EXIF) is known to ffmpeg with the decoded picture only, not with the stream.
    private static double PictureRotation(string path, MediaTools tools)
    {
        using var probe = Ask(path, tools, "frame_side_data=rotation", "-select_streams", "v:0", "-read_intervals", "%+#1");
        return probe.RootElement.TryGetProperty("frames", out var frames) && frames.GetArrayLength() > 0 ? Rotation(frames[0]) : 0;
    }

    private static JsonDocument Ask(string path, MediaTools tools, string entries, params string[] options)
    {
        var (code, output, errors) = ExternalProgram.Run(
            tools.Ffprobe, ["-v", "error", .. options, "-show_entries", entries, "-of", "json", .. MediaTools.Input(path)], MediaTools.InstallFfmpeg);
        if (code != 0)
            throw VideoInfo.Unreadable(path, errors);
        try
        {
            return JsonDocument.Parse(output);
        }
        catch (JsonException failure)
        {
            throw new DataException("ffprobe gave no description", path, MediaTools.InstallFfmpeg, failure);
        }
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

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // ffprobe writes numbers both bare and as text.
    private static double Number(JsonElement element, string name, double otherwise)
    {
        if (!element.TryGetProperty(name, out var value))
            return otherwise;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : otherwise;
    }

    private static double Ratio(JsonElement stream, string name, char between)
    {
        if (Text(stream, name)?.Split(between) is not [var over, var under])
            return 0;
        return double.TryParse(over, CultureInfo.InvariantCulture, out var n) && double.TryParse(under, CultureInfo.InvariantCulture, out var d) && d > 0 ? n / d : 0;
    }
}
