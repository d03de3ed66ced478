using System.Text.RegularExpressions;

namespace PECHead.Research.Data;

/// <summary>How a folder of the user's own becomes a data set.</summary>
public sealed record FolderManifestOptions
{
    /// <summary>Share of each video, at its end, that is held out when the folder has no train and test folders: 0 to 0.9.</summary>
    public double TestShare { get; init; } = 0.1;

    /// <summary>Seconds between the two parts that neither gets.</summary>
    public double GapSeconds { get; init; } = 2;

    /// <summary>Square that is kept of every frame.</summary>
    public Crop Crop { get; init; } = Crop.Centre;

    /// <summary>Rate of folders of pictures, frames per second.</summary>
    public double FrameRate { get; init; } = VideoInfo.FolderRate;
}

/// <summary>Makes a <see cref="Manifest"/> from a folder of videos, or of folders of frames.</summary>
/// <remarks>
/// <b>Paper:</b> the first order motion model's layout is understood: subfolders train and test, and names that begin with
/// the identity and a '#'. <b>Choice:</b> otherwise the parent folder's name is the identity, or the video's own when it
/// lies directly in the folder; and without a test folder the end of every video is held out, behind a gap.
/// </remarks>
public static partial class FolderManifest
{
    private static readonly string[] VideoExtensions = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif"];

    /// <summary>Looks through a folder.</summary>
    /// <param name="folder">Videos at any depth; or folders of .png, .jpg, .webp or .bmp frames in name order.</param>
    /// <param name="options">Split and crop; null: the defaults.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>A manifest whose files are relative to the folder: resolve its clips with that folder as root.</returns>
    /// <exception cref="DataException">No such folder, no videos or frames in it, or an unreadable one.</exception>
    public static Manifest Read(string folder, FolderManifestOptions? options = null, MediaTools? tools = null)
    {
        options ??= new FolderManifestOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.TestShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.TestShare, 0.9);
        ArgumentOutOfRangeException.ThrowIfNegative(options.GapSeconds);
        if (!Directory.Exists(folder))
            throw new DataException("no such folder", folder, "Check the path.");
        var media = Media(folder);
        if (media.Count == 0)
            throw new DataException("no videos and no folders of frames in this folder", folder, $"Videos are {string.Join(", ", VideoExtensions)}; frames are .png, .jpg, .webp or .bmp.");
        var splitByFolder = media.Any(path => FirstPart(path) == "test") && media.Any(path => FirstPart(path) == "train");
        return new Manifest
        {
            Dataset = DatasetName(folder),
            Title = $"Videos in {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}",
            Licence = "not stated",
            Obtain = new ManifestSource(null, "brought by the user"),
            Videos = [.. media.Select(path => Video(folder, path, splitByFolder, options, tools))],
        };
    }

    private static List<string> Media(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => VideoExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()));
        var frames = Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Prepend(folder)
            .Where(inner => VideoInfo.FramesOfFolder(inner).Count > 0);
        return [.. files.Concat(frames).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).OrderBy(NaturalName.Key, StringComparer.Ordinal)];
    }

    private static ManifestVideo Video(string folder, string path, bool splitByFolder, FolderManifestOptions options, MediaTools? tools)
    {
        var full = Path.Combine(folder, path);
        var isFolder = Directory.Exists(full);
        var video = new ManifestVideo
        {
            Id = path == "." ? DatasetName(folder) : path,
            File = path,
            Identity = Identity(folder, path, splitByFolder),
            Crop = options.Crop,
            Facts = new VideoFacts { Rate = isFolder ? options.FrameRate : null },
        };
        if (splitByFolder)
            return video with { Clips = [(ClipRange.Whole, FirstPart(path) == "test" ? Split.Test : Split.Train)] };
        var info = video.Facts.Check(VideoInfo.Probe(full, tools));
        var gap = Math.Max(1, (int)Math.Round(options.GapSeconds * info.Rate));
        var test = (int)Math.Round(options.TestShare * info.FrameCount);
        var train = info.FrameCount - test - gap;
        return test < 1 || train < 1
            ? video
            : video with { Clips = [(new FrameRange(0, train), Split.Train), (new FrameRange(train + gap, null), Split.Test)] };
    }

    private static string Identity(string folder, string path, bool splitByFolder)
    {
        var parts = path.Split('/');
        var name = path == "." ? DatasetName(folder) : Path.GetFileNameWithoutExtension(parts[^1]);
        if (name.Split('#', 2) is [var identity, _] && identity.Length > 0)
            return identity;
        return parts.Length > (splitByFolder ? 2 : 1) ? parts[^2] : name;
    }

    private static string FirstPart(string path) => path.Split('/', 2) is [var first, _] ? first : "";

    private static string DatasetName(string folder)
    {
        var name = Strange().Replace(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).ToLowerInvariant(), "-").Trim('-');
        return name.Length > 0 ? name : "folder";
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Strange();
}
