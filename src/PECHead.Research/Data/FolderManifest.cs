using System.Text.RegularExpressions;

namespace PECHead.Research.Data;

/// <summary>How a folder of the user's own becomes a data set.</summary>
public sealed record FolderManifestOptions
{
    /// <summary>Share of each video, at its end, that is held out when the folder has no train and test folders: 0 to 0.9.</summary>
    public double TestShare { get; init; } = 0.1;

    /// <summary>Seconds between the two parts that neither gets.</summary>
    public double GapSeconds { get; init; } = 2;

    /// <summary>Finds the square that is kept of every frame of a video, or fails; null: the largest in the middle.</summary>
    public Func<VideoInfo, Crop>? FindCrop { get; init; }

    /// <summary>Rate of folders of pictures, frames per second.</summary>
    public double FrameRate { get; init; } = VideoInfo.FolderRate;

    /// <summary>How videos are read.</summary>
    public VideoReading Reading { get; init; } = VideoReading.Standard;

    /// <summary>Leaves out what cannot be read, and says so in <see cref="Manifest.Notes"/>, instead of failing.</summary>
    public bool SkipBad { get; init; }
}

/// <summary>Makes a <see cref="Manifest"/> from a folder of videos, or of folders of frames.</summary>
/// <remarks>
/// <b>Paper:</b> the first order motion model's layout is understood: subfolders train and test, and names that begin with
/// the identity and a '#'. <b>Choice:</b> otherwise the parent folder's name is the identity, or the video's own when it
/// lies directly in the folder; and without a test folder the end of every video is held out, behind a gap.
/// </remarks>
public static partial class FolderManifest
{
    private const int LeastTest = 2;
    private const int ShortestParts = 10;

    private static readonly string[] VideoExtensions =
        [".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif", ".mpg", ".mpeg", ".3gp", ".mts", ".m2ts", ".ts", ".wmv", ".flv", ".ogv"];

    /// <summary>Whether a path is a folder, or a single video or picture, and not a manifest.</summary>
    /// <param name="path">What the user named.</param>
    public static bool IsMedia(string path) => Directory.Exists(path) || Path.GetExtension(path).ToLowerInvariant() is not (".yaml" or ".yml");

    /// <summary>The folder that the files of the manifest are relative to.</summary>
    /// <param name="path">As for <see cref="Read"/>.</param>
    public static string Root(string path) => Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>The name of the data set that a folder, a video or a picture becomes.</summary>
    /// <param name="path">As for <see cref="Read"/>.</param>
    public static string DatasetOf(string path) => DatasetName(Directory.Exists(path) ? path : Path.ChangeExtension(path, null));

    /// <summary>Looks through a folder.</summary>
    /// <param name="path">
    /// Videos at any depth; or folders of .png, .jpg, .webp or .bmp frames in name order. Pictures beside videos are clips of one frame each. A single video or picture is a
    /// data set too.
    /// </param>
    /// <param name="options">Split and crop; null: the defaults.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <returns>A manifest whose files are relative to <see cref="Root"/>: resolve its clips with that folder as root.</returns>
    /// <exception cref="DataException">No such folder, no videos or frames in it, or unreadable ones: all are listed.</exception>
    public static Manifest Read(string path, FolderManifestOptions? options = null, MediaTools? tools = null)
    {
        options ??= new FolderManifestOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.TestShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.TestShare, 0.9);
        ArgumentOutOfRangeException.ThrowIfNegative(options.GapSeconds);
        var single = !Directory.Exists(path);
        if (single) MediaKind.Require(path, Path.HasExtension(path) ? "video" : "folder");
        var folder = Root(path);
        var media = single ? [Path.GetFileName(path)] : Media(folder);
        if (media.Count == 0)
            throw new DataException("no videos and no folders of frames in this folder", folder, $"Videos are {string.Join(", ", VideoExtensions)}; frames are .png, .jpg, .webp or .bmp.");
        var splitByFolder = media.Any(file => FirstPart(file) == "test") && media.Any(file => FirstPart(file) == "train");
        List<ManifestVideo> videos = [];
        List<string> notes = [], bad = [];
        foreach (var file in media)
        {
            try
            {
                videos.Add(Video(folder, file, splitByFolder, options, tools, notes));
            }
            catch (DataException failure)
            {
                bad.Add(failure.Message);
            }
        }
        RequireReadable(path, bad, media.Count, options.SkipBad);
        return new Manifest
        {
            Dataset = DatasetOf(path),
            Title = $"Videos in {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}",
            Licence = "not stated",
            Obtain = new ManifestSource(null, "brought by the user"),
            Videos = videos,
            Notes = [.. bad.Select(message => "left out: " + message), .. notes, .. Copies(folder, videos)],
        };
    }

    // Fails if files cannot be read, unless they are to be left out and others remain.
    private static void RequireReadable(string path, List<string> bad, int count, bool skip)
    {
        if (bad.Count == 0 || (skip && bad.Count < count)) return;
        throw count == 1
            ? new DataException(bad[0])
            : new DataException(
                DamagedSources.Listed($"{bad.Count} of {count} clips cannot be read{(bad.Count < count ? "; repair or remove them, or leave them out with --skip-bad" : "")}", bad), path);
    }

    private static List<string> Media(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsVideo);
        // Pictures beside videos are portraits, and no frames of one clip.
        var frames = Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Prepend(folder).SelectMany(inner => VideoInfo.FramesOfFolder(inner) is var pictures
            && pictures.Count == 0 ? [] : Directory.EnumerateFiles(inner).Any(IsVideo) ? pictures : [inner]);
        // What begins with a dot is hidden: notes that macOS keeps beside files, thumbnails, version control.
        return
        [
            .. files.Concat(frames).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
                .Where(path => path == "." || !path.Split('/').Any(part => part.StartsWith('.'))).OrderBy(NaturalName.Key, StringComparer.Ordinal),
        ];
    }

    private static bool IsVideo(string file) => VideoExtensions.Contains(Path.GetExtension(file).ToLowerInvariant());

    private static ManifestVideo Video(string folder, string path, bool splitByFolder, FolderManifestOptions options, MediaTools? tools, List<string> notes)
    {
        var full = path == "." ? folder : Path.Combine(folder, path);
        var isFolder = Directory.Exists(full);
        var video = new ManifestVideo
        {
            Id = path == "." ? DatasetName(folder) : path,
            File = path,
            Identity = Identity(folder, path, splitByFolder),
            Facts = new VideoFacts { Rate = isFolder ? options.Reading.Rate ?? options.FrameRate : null },
        };
        var info = video.Facts.Check(VideoInfo.Probe(full, tools, options.Reading));
        video = video with { Crop = options.FindCrop?.Invoke(info) ?? Crop.Centre };
        notes.AddRange(info.Notes.Select(note => $"{path}: {note}"));
        if (info.FrameCount == 1) notes.Add($"{(isFolder ? Path.GetRelativePath(folder, VideoInfo.FramesOfFolder(full)[0]) : path)}: {(isFolder || info.IsPicture ? "a single picture" : "a video of one frame")}; it becomes a clip of one frame");
        if (splitByFolder)
            return video with { Clips = [(ClipRange.Whole, FirstPart(path) == "test" ? Split.Test : Split.Train)] };
        if (options.TestShare == 0) return video;
        var test = Math.Max(LeastTest, (int)Math.Round(options.TestShare * info.FrameCount));
        var gap = Math.Max(1, (int)Math.Round(options.GapSeconds * info.Rate));
        // Of a short video less is left out between the parts.
        if (info.FrameCount - test - gap < info.FrameCount / 3) gap = Math.Max(1, info.FrameCount / ShortestParts);
        var train = info.FrameCount - test - gap;
        if (train >= LeastTest * 2)
            return video with { Clips = [(new FrameRange(0, train), Split.Train), (new FrameRange(train + gap, null), Split.Test)] };
        if (info.FrameCount > 1) notes.Add($"{path}: {info.FrameCount} frames are too few to hold any out; all are for training");
        return video;
    }

    private static IEnumerable<string> Copies(string folder, List<ManifestVideo> videos)
    {
        var files = videos.Select(video => video.File).Where(file => File.Exists(Path.Combine(folder, file)));
        foreach (var alike in files.GroupBy(file => new FileInfo(Path.Combine(folder, file)).Length).Where(group => group.Count() > 1))
            foreach (var copies in alike.GroupBy(file => FrameStoreFiles.DigestOfSource(Path.Combine(folder, file), default)).Where(group => group.Count() > 1))
                yield return $"{string.Join(", ", copies)}: the same video byte for byte under {copies.Count()} names; what is trained on one is known in the others";
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
