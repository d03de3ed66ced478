using System.Text.RegularExpressions;

namespace PECHead.Research.Data;

/// <summary>Reads manifests from YAML, strictly: a key that is unknown, missing or of a wrong type is an error with its line.</summary>
public static partial class ManifestReader
{
    internal static readonly string[] Keys = ["dataset", "title", "licence", "obtain", "videos", "portraits", "lists"];
    internal static readonly string[] ObtainKeys = ["from", "package", "how"];
    internal static readonly string[] VideoKeys = ["id", "file", "sha256", "width", "height", "rate", "frames", "identity", "crop", "clips"];
    internal static readonly string[] ClipKeys = ["split", "first", "end", "start", "stop"];
    internal static readonly string[] CropKeys = ["x", "y", "side"];
    internal static readonly string[] PortraitKeys = ["id", "file", "sha256", "crop", "note"];
    internal static readonly string[] ListKeys = ["format", "list", "media", "video", "split", "held-out", "margin", "missing"];

    private static readonly string[] SplitWords = ["train", "test"];
    private static readonly string[] ListSplitWords = ["train", "test", "held-out"];
    private static readonly string[] SourceWords = ["npm", "user"];
    private static readonly string[] MediaWords = ["originals", "clips"];
    private static readonly string[] MissingWords = ["error", "skip"];

    /// <summary>Reads a manifest.</summary>
    /// <param name="file">A YAML file as data-manifests/schema.yaml describes.</param>
    /// <returns>The manifest, consistent in itself; no media have been looked at.</returns>
    /// <exception cref="DataException">Names the file, the line, what is wrong, and the nearest valid word.</exception>
    public static Manifest Read(string file)
    {
        MediaKind.RefuseAddress(file);
        var map = YamlMap.Load(file, Keys);
        var manifest = new Manifest
        {
            Dataset = Name(map, "dataset"),
            Title = map.Text("title"),
            Licence = map.Text("licence"),
            Obtain = Source(map.Map("obtain", ObtainKeys), file),
            Videos = [.. map.Maps("videos", VideoKeys).Select(Video)],
            Portraits = [.. map.Maps("portraits", PortraitKeys).Select(Portrait)],
            Lists = [.. map.Maps("lists", ListKeys).Select(List)],
            File = file,
        };
        if (manifest.Videos.Count + manifest.Lists.Count == 0)
            throw map.Wrong(null, "needs 'videos' or 'lists'");
        return manifest;
    }

    private static ManifestSource Source(YamlMap map, string file)
    {
        var npm = map.Choice("from", SourceWords) == "npm";
        if (!npm && map.Has("package"))
            throw map.Wrong("package", "is for 'from: npm' only");
        var package = npm ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, map.Text("package")) : null;
        return new ManifestSource(package, map.Text("how"));
    }

    private static ManifestVideo Video(YamlMap map)
    {
        var clips = map.Maps("clips", ClipKeys);
        var video = new ManifestVideo
        {
            Id = Name(map, "id"),
            File = RelativePath(map, "file"),
            Identity = Name(map, "identity"),
            Crop = SquareOrNull(map) ?? Crop.Centre,
            Facts = new VideoFacts
            {
                Sha256 = DigestOrNull(map),
                Width = map.IntegerOrNull("width", 1),
                Height = map.IntegerOrNull("height", 1),
                Rate = map.NumberOrNull("rate", 0.01, 1000),
                Frames = map.IntegerOrNull("frames", 1),
            },
        };
        if (video is { Crop: PixelCrop crop, Facts: { Width: { } width, Height: { } height } } && !crop.Resolve(width, height).FitsIn(width, height))
            throw map.Wrong("crop", $"does not lie within the frame of {width}x{height} pixels");
        return clips.Count == 0 ? video : video with { Clips = Clips(clips, video.Facts.Frames) };
    }

    private static (ClipRange Range, Split Split)[] Clips(IReadOnlyList<YamlMap> maps, int? frames)
    {
        var clips = maps.Select(map => (Map: map, Range: Range(map), Split: SplitOf(map.Choice("split", SplitWords)))).ToArray();
        foreach (var (map, range, _) in clips)
            if (range is FrameRange { End: var end, First: var first } && frames is { } count && (end > count || first >= count))
                throw map.Wrong(end is null ? "first" : "end", $"lies behind the video's {count} frames");
        var ordered = clips.OrderBy(clip => Bounds(clip.Range).Start).ToArray();
        foreach (var (one, next) in ordered.Zip(ordered.Skip(1)))
        {
            if (one.Range.GetType() != next.Range.GetType())
                throw next.Map.Wrong(null, "counts in seconds where another clip of the video counts in frames");
            var gap = Bounds(next.Range).Start - Bounds(one.Range).End;
            if (gap < 0)
                throw next.Map.Wrong(null, "overlaps another clip of the video");
            if (gap == 0 && one.Split != next.Split)
                throw next.Map.Wrong(null, "touches a clip of the other split: leave a gap, neighbouring frames are almost the same picture");
        }

        return [.. clips.Select(clip => (clip.Range, clip.Split))];
    }

    private static (double Start, double End) Bounds(ClipRange range) => range switch
    {
        FrameRange frames => (frames.First, frames.End ?? double.PositiveInfinity),
        SecondsRange seconds => (seconds.Start, seconds.End),
        _ => throw new NotSupportedException(),
    };

    private static ClipRange Range(YamlMap map)
    {
        if (map.Has("start") || map.Has("stop"))
        {
            if (map.Has("first") || map.Has("end"))
                throw map.Wrong(null, "gives both frames (first, end) and seconds (start, stop)");
            var start = map.NumberOrNull("start", 0, 1e6) ?? 0;
            var stop = map.NumberOrNull("stop", 0, 1e6) ?? throw map.Wrong(null, "lacks the key 'stop'");
            return stop > start ? new SecondsRange(start, stop) : throw map.Wrong("stop", "must be greater than start");
        }

        var first = map.IntegerOrNull("first", 0) ?? 0;
        var end = map.IntegerOrNull("end", 1);
        return end is null || end > first ? new FrameRange(first, end) : throw map.Wrong("end", "must be greater than first");
    }

    private static ManifestPortrait Portrait(YamlMap map) =>
        new(Name(map, "id"), RelativePath(map, "file"), DigestOrNull(map), SquareOrNull(map) ?? Crop.Centre, map.Text("note"));

    private static ManifestList List(YamlMap map)
    {
        var format = map.Choice("format", ClipList.Formats);
        var split = map.Choice("split", ListSplitWords);
        if (split != "held-out" && map.Has("held-out"))
            throw map.Wrong("held-out", "is for 'split: held-out' only");
        var list = new ManifestList
        {
            Format = format,
            List = RelativePath(map, "list"),
            Video = RelativePath(map, "video"),
            Cropped = map.Choice("media", MediaWords) == "clips",
            HeldOut = split switch
            {
                "train" => 0,
                "test" => 1,
                _ => map.NumberOrNull("held-out", 0, 1) ?? throw map.Wrong(null, "lacks the key 'held-out'"),
            },
            Margin = map.NumberOrNull("margin", 0, 10) ?? 0,
            SkipMissing = map.Choice("missing", MissingWords, "error") == "skip",
        };
        var strange = Placeholder().Matches(list.Video).Select(match => match.Groups[1].Value).FirstOrDefault(word => !ListedClip.Placeholders.Contains(word));
        return strange is null
            ? list
            : throw map.Wrong("video", $"has the unknown placeholder '{{{strange}}}'; did you mean '{{{YamlMap.Nearest(strange, ListedClip.Placeholders)}}}'?");
    }

    internal static Split SplitOf(string word) => word == "train" ? Split.Train : Split.Test;

    private static PixelCrop? SquareOrNull(YamlMap map) =>
        map.MapOrNull("crop", CropKeys) is { } crop ? new PixelCrop(crop.Integer("x", 0), crop.Integer("y", 0), crop.Integer("side", 1)) : null;

    private static string? DigestOrNull(YamlMap map)
    {
        var digest = map.TextOrNull("sha256");
        return digest is null || Digest().IsMatch(digest) ? digest : throw map.Wrong("sha256", "must be 64 lower-case hexadecimal digits");
    }

    private static string Name(YamlMap map, string key)
    {
        var name = map.Text(key);
        return SimpleName().IsMatch(name) ? name : throw map.Wrong(key, "must consist of letters, digits, '-', '_' and '.', and start with a letter or digit");
    }

    private static string RelativePath(YamlMap map, string key)
    {
        var path = map.Text(key);
        return !Path.IsPathRooted(path) && !path.Split('/', '\\').Contains("..")
            ? path
            : throw map.Wrong(key, "must be relative to the media folder and may not contain '..'");
    }

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Digest();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex SimpleName();

    [GeneratedRegex(@"\{([^}]*)\}")]
    private static partial Regex Placeholder();
}
