using System.Text.Json;

namespace PECHead.Research.Data;

/// <summary>The index as JSON. What is read is not trusted: every value is checked before anything is sized by it.</summary>
internal static class FrameStoreIndexFile
{
    public const string Format = "pechead-frames";
    public const int Version = 1;
    private const long GreatestBytes = 1L << 30;
    private static readonly string[] SplitWords = ["train", "test"];

    public static byte[] Write(FrameStoreIndex index)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteString("dataset", index.Dataset);
            json.WriteNumber("size", index.Size);
            json.WriteNumber("frames", index.FrameCount);
            json.WriteString("fingerprint", index.Fingerprint);
            json.WriteStartArray("clips");
            foreach (var clip in index.Clips)
                WriteClip(json, clip);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    public static FrameStoreIndex Read(string file)
    {
        if (!File.Exists(file))
            throw new DataException("no such index", file, "Prepare the data again.");
        try
        {
            return new FileInfo(file).Length <= GreatestBytes
                ? Parse(File.ReadAllBytes(file), file)
                : throw Broken("larger than an index may be", file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, file);
        }
    }

    public static FrameStoreIndex Parse(ReadOnlyMemory<byte> bytes, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
            return Parse(document.RootElement, file);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // The reader's typed getters throw these when a member is absent or of another type.
            throw Broken("not a frame store's index", file, failure);
        }
    }

    private static void WriteClip(Utf8JsonWriter json, StoredClip clip)
    {
        json.WriteStartObject();
        json.WriteString("id", clip.Id);
        json.WriteString("identity", clip.Identity);
        json.WriteString("split", SplitWords[(int)clip.Split]);
        json.WriteNumber("first", clip.First);
        json.WriteNumber("count", clip.Count);
        json.WriteNumber("rate", clip.Rate);
        json.WriteString("sha256", clip.Sha256);
        json.WriteEndObject();
    }

    private static FrameStoreIndex Parse(JsonElement root, string file)
    {
        if (Text(root, "format", file) != Format)
            throw Broken("not a frame store's index", file);
        if (root.GetProperty("version").GetInt32() is var version && version != Version)
            throw new DataException($"written in version {version} of the format, this program reads version {Version}", file, "Prepare the data again.");
        var size = root.GetProperty("size").GetInt32();
        if (size is < FrameStoreIndex.LeastSize or > FrameStoreIndex.GreatestSize)
            throw Broken($"frames of {size} pixels are out of range", file);
        var clips = new List<StoredClip>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var next = 0;
        foreach (var element in root.GetProperty("clips").EnumerateArray())
        {
            var clip = ParseClip(element, file);
            if (clip.First != next || clip.Count < 1 || clip.Count > int.MaxValue - next)
                throw Broken($"clip {clip.Id} does not follow the one before it", file);
            if (!ids.Add(clip.Id))
                throw Broken($"clip {clip.Id} is there twice", file);
            next += clip.Count;
            clips.Add(clip);
        }

        if (clips.Count == 0 || root.GetProperty("frames").GetInt32() != next)
            throw Broken("the number of frames does not fit the clips", file);
        return new FrameStoreIndex(Text(root, "dataset", file), size, Digest(root, "fingerprint", file), clips);
    }

    private static StoredClip ParseClip(JsonElement element, string file)
    {
        var split = Array.IndexOf(SplitWords, Text(element, "split", file));
        var rate = element.GetProperty("rate").GetDouble();
        if (split < 0 || !(rate > 0 && rate <= 1000))
            throw Broken("a clip's split or rate is out of range", file);
        return new StoredClip(
            Text(element, "id", file), Text(element, "identity", file), (Split)split,
            element.GetProperty("first").GetInt32(), element.GetProperty("count").GetInt32(), rate, Digest(element, "sha256", file));
    }

    private static string Text(JsonElement element, string key, string file) =>
        element.GetProperty(key).GetString() is { Length: > 0 } text ? text : throw Broken($"'{key}' is empty", file);

    private static string Digest(JsonElement element, string key, string file)
    {
        var text = Text(element, key, file);
        return text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? text : throw Broken($"'{key}' is not a digest", file);
    }

    private static DataException Broken(string problem, string file, Exception? inner = null) =>
        new($"{problem}: the index is damaged", file, "Prepare the data again.", inner);
}
