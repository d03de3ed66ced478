using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Golden;

/// <summary>The tensors of one case, by name.</summary>
internal sealed class OracleCase
{
    private readonly Dictionary<string, Tensor> _tensors;

    private OracleCase(Dictionary<string, Tensor> tensors) => _tensors = tensors;

    public Tensor this[string name] => _tensors[name];

    /// <summary>The tensors whose names start with a prefix, without it.</summary>
    public Dictionary<string, Tensor> Under(string prefix) => _tensors
        .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

    // Reads without the library's own reader, so that a fault there cannot hide here.
    public static OracleCase Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            int[] span = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
            var data = file.AsSpan(8 + length + span[0], span[1] - span[0]);
            tensors[entry.Name] = entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => tensor(MemoryMarshal.Cast<byte, float>(data).ToArray(), shape),
                "F64" => tensor(MemoryMarshal.Cast<byte, double>(data).ToArray(), shape),
                "I64" => tensor(MemoryMarshal.Cast<byte, long>(data).ToArray(), shape),
                var other => throw new NotSupportedException($"{entry.Name} is {other}"),
            };
        }
        return new OracleCase(tensors);
    }
}
