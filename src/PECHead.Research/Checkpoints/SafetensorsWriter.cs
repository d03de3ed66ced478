using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace PECHead.Research.Checkpoints;

/// <summary>Lays out and writes a safetensors file.</summary>
internal static class SafetensorsWriter
{
    private const int HeaderAlignment = 8;

    /// <inheritdoc cref="SafetensorsFile.Save"/>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, StoredTensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        // Largest elements first keeps every tensor aligned to its own element size.
        var ordered = tensors
            .OrderByDescending(entry => entry.Value.Type.ByteSize())
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .ToArray();
        CheckNames(ordered);
        var header = Header(ordered, metadata);
        using var aside = new AsideFile(path);
        using (var stream = new FileStream(aside.AsideName, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
        {
            Span<byte> prefix = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach (var (_, tensor) in ordered)
                stream.Write(tensor.ToBytes());
        }
        aside.Commit();
    }

    private static void CheckNames(KeyValuePair<string, StoredTensor>[] tensors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataName };
        foreach (var (name, _) in tensors)
        {
            if (!seen.Add(name))
                throw new ArgumentException($"The name '{name}' occurs twice or is reserved.", nameof(tensors));
        }
    }

    private static byte[] Header(KeyValuePair<string, StoredTensor>[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
                WriteMetadata(json, metadata);
            var position = 0L;
            foreach (var (name, tensor) in tensors)
            {
                WriteEntry(json, name, tensor, position);
                position = checked(position + tensor.ByteLength);
            }

            json.WriteEndObject();
        }

        var padding = -buffer.WrittenCount & (HeaderAlignment - 1);
        buffer.GetSpan(HeaderAlignment)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        if (buffer.WrittenCount > SafetensorsHeader.MaxBytes)
            throw new ArgumentException($"The names, shapes and metadata take {buffer.WrittenCount} bytes, more than a header may have.", nameof(tensors));
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, StoredTensor tensor, long position)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", tensor.Type.SafetensorsName());
        WriteNumbers(json, "shape", tensor.Shape);
        WriteNumbers(json, "data_offsets", [position, position + tensor.ByteLength]);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string field, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(field);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
