using System.Buffers.Binary;
using System.Text.Json;
using PECHead.Research.Data;

namespace PECHead.Research.Perception;

/// <summary>One named array of a model file.</summary>
/// <param name="Shape">Sizes as in the file: filters are [height, width, in, out].</param>
/// <param name="Values">The numbers, row-major, widened to float32; empty when they are integers.</param>
/// <param name="Integers">The numbers of an int32 array; empty otherwise.</param>
internal sealed record StoredWeight(long[] Shape, float[] Values, int[] Integers);

/// <summary>Reads the weights of TensorFlow.js models: a manifest, and binary files beside it.</summary>
/// <remarks>
/// A group's files are joined, then cut in the order of the manifest without gaps. Types: float32 and int32 as they are,
/// float32 stored as float16, and float32 stored as uint8 or uint16 with value = q·scale + min.
/// </remarks>
internal static class StoredWeights
{
    private const long MaximumBytes = 256L << 20;
    private const int MaximumRank = 8;

    /// <summary>Reads every array of every group.</summary>
    /// <param name="groups">The manifest: an array of groups.</param>
    /// <param name="path">File that the manifest is in; the binary files lie beside it.</param>
    public static Dictionary<string, StoredWeight> Read(JsonElement groups, string path)
    {
        var weights = new Dictionary<string, StoredWeight>(StringComparer.Ordinal);
        foreach (var group in groups.EnumerateArray())
        {
            var data = Join(group.GetProperty("paths"), path);
            var position = 0;
            foreach (var entry in group.GetProperty("weights").EnumerateArray())
            {
                var name = entry.GetProperty("name").GetString() ?? throw ModelJson.Fault(path, "a weight has no name");
                if (!weights.TryAdd(name, ReadOne(entry, name, data, ref position, path)))
                    throw ModelJson.Fault(path, $"the weight '{name}' is listed twice");
            }

            if (position != data.Length)
                throw ModelJson.Fault(path, $"the weights listed take {position} bytes, the files beside it have {data.Length}");
        }

        return weights;
    }

    private static byte[] Join(JsonElement names, string path)
    {
        var files = new List<string>();
        foreach (var element in names.EnumerateArray())
        {
            var name = element.GetString();
            if (string.IsNullOrEmpty(name) || name.StartsWith('.') || name.AsSpan().ContainsAny('/', '\\', '\0'))
                throw ModelJson.Fault(path, $"'{name}' is no name of a file beside it");
            files.Add(Path.Combine(Path.GetDirectoryName(path) ?? "", name));
        }

        if (files.Find(file => !File.Exists(file)) is { } missing)
            throw new DataException("the weights of a face network are missing", missing, FaceNetworkFiles.Remedy);
        var length = files.Sum(file => new FileInfo(file).Length);
        if (length > MaximumBytes)
            throw ModelJson.Fault(path, $"{length} bytes of weights are more than the {MaximumBytes} that are read");
        return files is [var only] ? File.ReadAllBytes(only) : [.. files.SelectMany(File.ReadAllBytes)];
    }

    private static StoredWeight ReadOne(JsonElement entry, string name, byte[] data, ref int position, string path)
    {
        var shape = entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var count = Count(shape) ?? throw ModelJson.Fault(path, $"the weight '{name}' has the impossible shape [{string.Join(", ", shape)}]");
        var type = entry.GetProperty("dtype").GetString();
        var quantized = entry.TryGetProperty("quantization", out var quantization);
        var stored = quantized ? quantization.GetProperty("dtype").GetString() : type;
        var width = stored switch { "float32" or "int32" => 4, "float16" or "uint16" => 2, "uint8" => 1, _ => 0 };
        if (width == 0 || (type != "float32" && (quantized || type != "int32")))
            throw ModelJson.Fault(path, $"the weight '{name}' is of the type {type}, stored as {stored}, which is not read here");
        if (count > (data.Length - position) / width)
            throw ModelJson.Fault(path, $"the weight '{name}' needs {count * width} bytes at {position}, the files beside it end at {data.Length}");
        var bytes = data.AsSpan(position, (int)count * width);
        position += bytes.Length;
        if (type == "int32")
            return new StoredWeight(shape, [], Integers(bytes));
        var (scale, minimum) = stored is "uint8" or "uint16"
            ? (quantization.GetProperty("scale").GetSingle(), quantization.GetProperty("min").GetSingle()) : (1f, 0f);
        return new StoredWeight(shape, Floats(bytes, stored!, scale, minimum), []);
    }

    /// <summary>The product of the sizes, or null when it is not to be had.</summary>
    private static long? Count(long[] shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size is < 0 or > int.MaxValue || count * size > MaximumBytes)
                return null;
            count *= size;
        }

        return shape.Length > MaximumRank ? null : count;
    }

    private static int[] Integers(ReadOnlySpan<byte> bytes)
    {
        var values = new int[bytes.Length / 4];
        for (var i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
        return values;
    }

    private static float[] Floats(ReadOnlySpan<byte> bytes, string stored, float scale, float minimum)
    {
        var width = stored switch { "uint8" => 1, "float32" => 4, _ => 2 };
        var values = new float[bytes.Length / width];
        for (var i = 0; i < values.Length; i++)
        {
            var element = bytes[(width * i)..];
            values[i] = stored switch
            {
                "float32" => BinaryPrimitives.ReadSingleLittleEndian(element),
                "float16" => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                "uint16" => (BinaryPrimitives.ReadUInt16LittleEndian(element) * scale) + minimum,
                _ => (element[0] * scale) + minimum,
            };
        }

        return values;
    }
}
