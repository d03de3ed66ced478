namespace PECHead.Research.Data;

/// <summary>Where the programs are that read and write media.</summary>
/// <param name="Ffmpeg">Name on PATH or full path of ffmpeg, 5.1 or newer.</param>
/// <param name="Ffprobe">Name on PATH or full path of ffprobe.</param>
public sealed record MediaTools(string Ffmpeg = "ffmpeg", string Ffprobe = "ffprobe")
{
    /// <summary>The programs on PATH, or those that PECHEAD_FFMPEG and PECHEAD_FFPROBE name.</summary>
    public static MediaTools Default { get; } = new(
        Environment.GetEnvironmentVariable("PECHEAD_FFMPEG") is { Length: > 0 } ffmpeg ? ffmpeg : "ffmpeg",
        Environment.GetEnvironmentVariable("PECHEAD_FFPROBE") is { Length: > 0 } ffprobe ? ffprobe : "ffprobe");

    internal const string InstallFfmpeg =
        "Install ffmpeg 5.1 or newer (Debian: apt-get install ffmpeg), or name it in PECHEAD_FFMPEG and PECHEAD_FFPROBE.";

    /// <summary>Arguments that name a file to read; a percent sign in a picture's name is not the place of a number.</summary>
    internal static string[] Input(string path, bool decode = false)
    {
        var full = "file:" + Path.GetFullPath(path);
        string[] plain = full.Contains('%', StringComparison.Ordinal) && Pictures.Contains(Path.GetExtension(path).ToLowerInvariant()) ? ["-pattern_type", "none"] : [];
        return decode ? [.. plain, "-i", full] : [.. plain, full];
    }

    private static readonly string[] Pictures = [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"];
}
