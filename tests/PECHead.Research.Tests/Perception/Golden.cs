using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

/// <summary>Reads the recorded results of the networks' own JavaScript; see Goldens/PROVENANCE.md.</summary>
internal static class Golden
{
    public static JsonElement Read(string name, [CallerFilePath] string here = "")
    {
        using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(here)!, "Goldens", name + ".json.gz"));
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var document = JsonDocument.Parse(unpacked);
        return document.RootElement.Clone();
    }

    public static float[] Numbers(JsonElement list) => [.. Flat(list).Select(number => number.GetSingle())];

    public static long[] Sizes(JsonElement list) => [.. list.EnumerateArray().Select(size => size.GetInt64())];

    /// <summary>The pseudo-random image that the recordings were made with: ((7919·i) mod 256) / 255 in the order of [H, W, C].</summary>
    /// <returns>[1, C, H, W] in [0, 1].</returns>
    public static Tensor Input(JsonElement golden)
    {
        var shape = Sizes(golden.GetProperty("input_shape"));
        if (shape.Length == 3)
            shape = [1, .. shape];
        var values = Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => (long)i * 7919 % 256 / 255f).ToArray();
        using var scope = NewDisposeScope();
        return tensor(values, shape).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static IEnumerable<JsonElement> Flat(JsonElement value)
        => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Flat) : [value];
}
