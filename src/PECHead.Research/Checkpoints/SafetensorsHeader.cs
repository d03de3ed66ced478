using System.Text;
using System.Text.Json;

namespace PECHead.Research.Checkpoints;

/// <summary>One tensor of a safetensors header: its bytes are [<see cref="Begin"/>, <see cref="End"/>) of the data section.</summary>
internal readonly record struct SafetensorsEntry(string Name, ElementType Type, long[] Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file, read strictly.</summary>
/// <param name="Entries">Tensors by rising position; together they cover the data section exactly once.</param>
/// <param name="Metadata">The text map <c>__metadata__</c>, empty if there is none.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Largest header that the format allows.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>Name under which the header keeps free text instead of a tensor.</summary>
    public const string MetadataName = "__metadata__";

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 8, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header's bytes, possibly padded with spaces.</param>
    /// <param name="dataLength">Bytes of the data section.</param>
    /// <returns>The checked header.</returns>
    /// <exception cref="CheckpointFormatException">Anything that the format does not allow.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength)
    {
        try
        {
            return ParseObject(json, dataLength);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw new CheckpointFormatException($"The safetensors header is not valid JSON: {error.Message}", error);
        }
    }

    private static SafetensorsHeader ParseObject(ReadOnlySpan<byte> json, long dataLength)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
            throw new CheckpointFormatException("The safetensors header does not start with '{'.");
        var reader = new Utf8JsonReader(json, Strict);
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        reader.Read();
        while (NextProperty(ref reader, out var name))
        {
            if (!names.Add(name))
                throw new CheckpointFormatException($"The safetensors header names '{name}' twice.");
            if (name == MetadataName)
                ReadMetadata(ref reader, metadata);
            else
                entries.Add(ReadEntry(ref reader, name));
        }

        // Anything but white space behind the object makes the reader throw here.
        reader.Read();
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckCoverage(entries, dataLength);
        return new SafetensorsHeader(entries, metadata);
    }

    /// <summary>Moves to the value of the next property of the present object.</summary>
    private static bool NextProperty(ref Utf8JsonReader reader, out string name)
    {
        reader.Read();
        name = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString()! : string.Empty;
        return reader.TokenType == JsonTokenType.PropertyName && reader.Read();
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataName, "a map of strings");
        while (NextProperty(ref reader, out var key))
        {
            Expect(ref reader, JsonTokenType.String, MetadataName, "a map of strings");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new CheckpointFormatException($"The safetensors metadata names '{key}' twice.");
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, name, "an object");
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (NextProperty(ref reader, out var field))
        {
            if (field == "dtype" && dtype is null && reader.TokenType == JsonTokenType.String)
                dtype = reader.GetString();
            else if (field == "shape" && shape is null)
                shape = ReadNumbers(ref reader, name);
            else if (field == "data_offsets" && offsets is null)
                offsets = ReadNumbers(ref reader, name);
            else
                throw new CheckpointFormatException($"The safetensors header has an unexpected field '{field}' in '{name}'.");
        }

        if (dtype is null || shape is null || offsets is not { Length: 2 })
            throw new CheckpointFormatException($"The safetensors header lacks dtype, shape or two data_offsets of '{name}'.");
        if (!ElementTypes.TryFromSafetensors(dtype, out var type))
            throw new CheckpointFormatException($"'{name}' has elements of the type {dtype}, which is not read here.");
        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartArray, name, "a list of whole numbers");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw new CheckpointFormatException($"'{name}' has a size or position that is not a whole number of 0 to 2^63 - 1.");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string name, string expected)
    {
        if (reader.TokenType != token)
            throw new CheckpointFormatException($"The safetensors header has {reader.TokenType} at '{name}' where {expected} belongs.");
    }

    private static void CheckCoverage(List<SafetensorsEntry> entries, long dataLength)
    {
        var position = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != position || entry.End < entry.Begin)
            {
                throw new CheckpointFormatException(
                    $"'{entry.Name}' lies at [{entry.Begin}, {entry.End}) where the next tensor starts at {position}: a hole or an overlap.");
            }

            position = entry.End;
        }

        if (position != dataLength)
            throw new CheckpointFormatException($"The safetensors header describes {position} bytes of data, the file has {dataLength}.");
    }
}
