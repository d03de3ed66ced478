namespace PECHead.Research.Data;

/// <summary>The sound of a video.</summary>
internal static class AudioTrack
{
    /// <summary>Codecs that an MP4 holds as they are.</summary>
    private static readonly string[] OfMp4 = ["aac", "mp3", "ac3", "eac3", "opus", "alac", "flac"];

    /// <summary>Arguments that put the sound of a second input beside the first's pictures: copied where an MP4 can hold it.</summary>
    /// <param name="path">The video with the sound, or a picture or folder, which has none.</param>
    /// <param name="tools">The programs to use.</param>
    /// <returns>The input's arguments and the output's; none where there is no sound.</returns>
    public static (string[] Input, string[] Output) Arguments(string? path, MediaTools tools)
    {
        if (path is null || !File.Exists(path)) return ([], []);
        var (code, output, _) = ExternalProgram.Run(
            tools.Ffprobe,
            ["-v", "error", "-select_streams", "a:0", "-show_entries", "stream=codec_name", "-of", "default=nokey=1:noprint_wrappers=1", "file:" + Path.GetFullPath(path)],
            MediaTools.InstallFfmpeg);
        var codec = output.Trim();
        if (code != 0 || codec.Length == 0) return ([], []);
        return (["-i", "file:" + Path.GetFullPath(path)], ["-map", "0:v:0", "-map", "1:a:0", "-c:a", OfMp4.Contains(codec) ? "copy" : "aac"]);
    }
}
