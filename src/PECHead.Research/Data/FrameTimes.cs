using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>When the frames of a file are presented.</summary>
/// <param name="Seconds">In order of time; only frames that are presented. Empty where the file knows no times.</param>
/// <param name="Count">Number of these frames.</param>
/// <param name="LastSeconds">How long the last one is shown; 0 where unknown.</param>
/// <param name="Dropped">Frames that are there for decoding others, and are not shown (edit lists).</param>
/// <param name="Damage">What ffprobe complained of; empty where it did not.</param>
internal sealed record FrameTimes(double[] Seconds, int Count, double LastSeconds, int Dropped, string Damage)
{
    /// <summary>Reads the times of packets, which needs no decoding.</summary>
    public static FrameTimes OfPackets(string path, MediaTools tools) => Read(path, tools, "packet=pts_time,duration_time,flags");

    /// <summary>Decodes the file and reads the times of the frames that come out.</summary>
    public static FrameTimes OfFrames(string path, MediaTools tools) => Read(path, tools, "frame=best_effort_timestamp_time");

    private static FrameTimes Read(string path, MediaTools tools, string entries)
    {
        var (code, output, errors) = ExternalProgram.Run(
            tools.Ffprobe, ["-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "compact=p=0:nk=0", .. MediaTools.Input(path)], MediaTools.InstallFfmpeg);
        var times = new List<(double Time, double Duration)>();
        int count = 0, dropped = 0;
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string? Field(string name) => line.Split('|').FirstOrDefault(part => part.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
            if ((Field("pts_time=") ?? Field("best_effort_timestamp_time=")) is not { } time) continue;
            if (Field("flags=")?.Contains('D', StringComparison.Ordinal) == true)
            {
                dropped++;
                continue;
            }
            count++;
            if (Parse(time) is { } seconds) times.Add((seconds, Parse(Field("duration_time=")) ?? 0));
        }
        times.Sort();
        return new FrameTimes(times.Count == count ? [.. times.Select(frame => frame.Time)] : [], count, times.Count > 0 ? times[^1].Duration : 0, dropped, code == 0 ? errors : errors + "\nfailed");
    }

    private static double? Parse(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds) ? seconds : null;
}
