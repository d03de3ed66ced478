using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>A kind of video that is written, chosen by the name.</summary>
/// <param name="Extension">End of the name; <see cref="Pictures"/> has none.</param>
/// <param name="Muxer">What ffmpeg calls the container, with its options.</param>
/// <param name="Copied">Sound that is taken along as it is.</param>
/// <param name="Encoder">What other sound is encoded to, with what messages call it; null: a kind without sound.</param>
internal sealed record VideoFormat(string Extension, string[] Muxer, string[] Copied, (string Name, string Title)? Encoder)
{
    private const double FastestGif = 50;

    /// <summary>Pictures 000001.png and so on in a folder.</summary>
    public static readonly VideoFormat Pictures = new("", ["-f", "image2"], [], null);

    /// <summary>All kinds of files.</summary>
    public static readonly IReadOnlyList<VideoFormat> Files =
    [
        new(".mp4", ["-movflags", "+faststart", "-f", "mp4"], ["aac", "mp3", "ac3", "eac3", "opus", "alac"], ("aac", "AAC")),
        new(".mov", ["-movflags", "+faststart", "-f", "mov"], ["aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s24le"], ("aac", "AAC")),
        new(".mkv", ["-f", "matroska"], ["aac", "mp3", "ac3", "eac3", "opus", "vorbis", "flac", "alac", "dts", "pcm_s16le", "pcm_s24le"], ("flac", "FLAC")),
        new(".webm", ["-f", "webm"], ["opus", "vorbis"], ("libopus", "Opus")),
        new(".gif", ["-f", "gif"], [], null),
    ];

    /// <summary>Whether every pixel is kept.</summary>
    public bool KeepsEveryPixel => Extension is ".mkv" or "";

    /// <summary>Whether transparency is kept.</summary>
    public bool KeepsAlpha => this == Pictures;

    /// <summary>The kind that a name asks for.</summary>
    /// <param name="path">Its name; one that ends in a slash is a folder of pictures.</param>
    /// <exception cref="ArgumentException">No such kind: the message lists them.</exception>
    public static VideoFormat Of(string path) =>
        Path.EndsInDirectorySeparator(path)
            ? Pictures
            : Files.FirstOrDefault(format => format.Extension.Equals(Path.GetExtension(path), StringComparison.OrdinalIgnoreCase)) ?? throw new ArgumentException(
                Directory.Exists(path) ? $"'{path}' is a folder: write '{path}/' for PNG pictures in it, or name a file." : $"'{path}': a video is written as {string.Join(", ", Files.Select(format => format.Extension))} (.mkv keeps every pixel), or as PNG pictures in a folder whose name ends in /.");

    /// <summary>Arguments that encode the pictures.</summary>
    /// <param name="rate">Frames per second.</param>
    /// <param name="quality">Constant rate factor, 0 (large) to 51.</param>
    /// <param name="alpha">Whether the frames have transparency, for a kind that keeps it.</param>
    public string[] Encoding(double rate, int quality, bool alpha = false) => Extension switch
    {
        ".mkv" => ["-c:v", "ffv1", "-level", "3", "-pix_fmt", "bgr0"],
        // A palette a frame: one for all of them would have to wait for the last frame. Faster than 50 a second is not shown.
        ".gif" => ["-vf", $"{(rate > FastestGif ? $"fps={FastestGif}," : "")}split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1"],
        "" => ["-c:v", "png", "-pix_fmt", alpha ? "rgba" : "rgb24"],
        // VP9 counts to 63 for what is 51 in H.264.
        ".webm" => [.. Playable, "-c:v", "libvpx-vp9", "-crf", Text(quality * 63 / 51), "-b:v", "0", "-deadline", "good", "-cpu-used", "4", "-row-mt", "1", .. Colours],
        _ => [.. Playable, "-c:v", "libx264", "-crf", Text(quality), .. Colours],
    };

    private static string[] Playable => ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p"];

    private static string[] Colours => ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
