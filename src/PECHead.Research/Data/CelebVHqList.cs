using System.Text.Json;

namespace PECHead.Research.Data;

/// <summary>
/// CelebV-HQ's celebvhq_info.json: "clips" maps a clip's name to its "ytb_id", "duration" {start_sec, end_sec} and "bbox"
/// {top, bottom, left, right} in fractions of the frame. Its attribute labels are not read.
/// </summary>
internal static class CelebVHqList
{
    public static IReadOnlyList<ListedClip> Read(string file)
    {
        if (!File.Exists(file))
            throw new DataException("no such list", file, "Put the data set's celebvhq_info.json there, or correct 'list' in the manifest.");
        try
        {
            using var stream = File.OpenRead(file);
            using var document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("clips", out var clips) || clips.ValueKind != JsonValueKind.Object)
                throw new DataException("no object 'clips' in it", file, "The list is not in CelebV-HQ's format.");
            ListedClip[] listed = [.. clips.EnumerateObject().Select(clip => Parse(clip.Name, clip.Value, file))];
            return listed.Length > 0 ? listed : throw new DataException("the list is empty", file);
        }
        catch (JsonException failure)
        {
            throw ClipList.Malformed("not valid JSON", file, checked((int)(failure.LineNumber ?? 0) + 1));
        }
    }

    private static ListedClip Parse(string name, JsonElement clip, string file)
    {
        var video = Member(clip, "ytb_id", name, file) is { ValueKind: JsonValueKind.String } id ? id.GetString()! : throw Bad(name, "ytb_id", file);
        var duration = Member(clip, "duration", name, file);
        var bbox = Member(clip, "bbox", name, file);
        var (start, end) = (Number(duration, "start_sec", name, file), Number(duration, "end_sec", name, file));
        if (end <= start)
            throw Bad(name, "duration", file);
        var box = ClipList.Box(
            Number(bbox, "left", name, file), Number(bbox, "top", name, file), Number(bbox, "right", name, file), Number(bbox, "bottom", name, file), 1, 1, file, 1);
        ClipList.Part(name, "the clip", file, 1);
        return new ListedClip(name, ClipList.Part(video, "the video", file, 1), video, name, new SecondsRange(start, end), box);
    }

    private static JsonElement Member(JsonElement element, string key, string clip, string file) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) ? value : throw Bad(clip, key, file);

    private static double Number(JsonElement element, string key, string clip, string file) =>
        Member(element, key, clip, file) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && number is >= 0 and < 1e6
            ? number
            : throw Bad(clip, key, file);

    private static DataException Bad(string clip, string key, string file) =>
        new($"clip {clip}: '{key}' is missing or not as expected", file, "The list is damaged or not in CelebV-HQ's format.");
}
