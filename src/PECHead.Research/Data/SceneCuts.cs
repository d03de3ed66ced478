using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>Where a video changes from one shot to another, found by ffmpeg.</summary>
/// <remarks><b>Choice:</b> the filter scdet at its own threshold: 10 % of the range of brightness changes at once, and not steadily.</remarks>
internal static class SceneCuts
{
    private const int Width = 160;
    private const int Threshold = 10;

    /// <summary>Index of the first frame of every shot but the first.</summary>
    /// <param name="info">The video.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <param name="cancellation">Stops.</param>
    public static IReadOnlyList<int> Of(VideoInfo info, MediaTools? tools = null, CancellationToken cancellation = default)
    {
        if (info.FrameCount < 2) return [];
        using var input = new FrameInput(info.File);
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-threads", "2", .. input.Arguments, "-map", "0:v:0", "-fps_mode", "passthrough",
            "-vf", $"scale={Width}:-2:flags=area,scdet=threshold={Threshold},metadata=mode=print:key=lavfi.scd.time:file=-", "-f", "null", "-",
        ];
        // What is wrong with the file is said where its frames are read.
        var (_, output, _) = ExternalProgram.Run((tools ?? MediaTools.Default).Ffmpeg, arguments, MediaTools.InstallFfmpeg, cancellation: cancellation);
        return
        [
            .. output.Split('\n').Where(line => line.StartsWith("frame:", StringComparison.Ordinal))
                .Select(line => int.Parse(line[6..].Split(' ', 2)[0], CultureInfo.InvariantCulture))
                .Select(frame => info.Shown is null ? frame : Array.FindIndex(info.Shown, shown => shown >= frame))
                .Where(frame => frame > 0 && frame < info.FrameCount).Distinct().Order(),
        ];
    }
}
