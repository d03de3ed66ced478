using System.Buffers.Binary;

namespace PECHead.Research.Checkpoints;

/// <summary>Reads and writes safetensors: a JSON header and the bytes of named tensors, nothing that could be executed.</summary>
/// <remarks>
/// Reading maps the file into memory; a tensor's bytes come from the disk when they are copied. The whole header is checked first:
/// size, duplicate names, types, shapes against byte counts, and that the tensors cover the data exactly once.
/// Writing gives the same bytes for the same tensors and is atomic.
/// </remarks>
public static class SafetensorsFile
{
    private const int PrefixBytes = sizeof(ulong);

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">An existing safetensors file.</param>
    /// <returns>The tensors in the order of their data, and the metadata. Dispose it after reading.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged or has elements of a type that is not read here.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static StoredTensorDictionary Open(string path)
    {
        var mapped = MappedFile.Open(path);
        try
        {
            var header = ReadHeader(mapped, out var dataStart);
            var tensors = new OrderedDictionary<string, StoredTensor>(StringComparer.Ordinal);
            foreach (var entry in header.Entries)
                tensors.Add(entry.Name, View(mapped, dataStart, entry));
            return new StoredTensorDictionary(tensors, header.Metadata, mapped);
        }
        catch (CheckpointFormatException error)
        {
            mapped.Dispose();
            throw new CheckpointFormatException($"{path}: {error.Message}", error);
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <summary>Writes tensors atomically: largest elements first and then by name, so that equal input gives equal bytes.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="tensors">Tensors by name; names are unique and none is <c>__metadata__</c>.</param>
    /// <param name="metadata">Free text to keep in the header, or null for none.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, or the header is larger than the format allows.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, StoredTensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsWriter.Save(path, tensors, metadata);

    private static SafetensorsHeader ReadHeader(MappedFile mapped, out long dataStart)
    {
        if (mapped.ByteLength < PrefixBytes)
            throw new CheckpointFormatException($"The file has {mapped.ByteLength} bytes, too few for a safetensors header.");
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        mapped.Read(0, prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaxBytes)
            throw new CheckpointFormatException($"The safetensors header claims {length} bytes; at most {SafetensorsHeader.MaxBytes} are allowed.");
        if ((long)length > mapped.ByteLength - PrefixBytes)
            throw new CheckpointFormatException($"The safetensors header claims {length} bytes of a file of {mapped.ByteLength}: truncated.");
        var json = new byte[length];
        mapped.Read(PrefixBytes, json);
        dataStart = PrefixBytes + (long)length;
        return SafetensorsHeader.Parse(json, mapped.ByteLength - dataStart);
    }

    private static StoredTensor View(MappedFile mapped, long dataStart, SafetensorsEntry entry)
    {
        try
        {
            var region = new FileRegion(mapped, dataStart + entry.Begin, entry.End - entry.Begin);
            var tensor = StoredTensor.Contiguous(entry.Type, entry.Shape, region);
            if (tensor.ByteLength == region.ByteLength)
                return tensor;
            throw new CheckpointFormatException($"The shape takes {tensor.ByteLength} bytes, the file has {region.ByteLength} for it.");
        }
        catch (CheckpointFormatException error)
        {
            throw new CheckpointFormatException($"'{entry.Name}': {error.Message}", error);
        }
    }
}
