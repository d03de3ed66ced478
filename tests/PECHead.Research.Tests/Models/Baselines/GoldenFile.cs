using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PECHead.Research.Checkpoints;
using PECHead.Research.Models.Baselines;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>The goldens of a model: numbers that the published code gave for weights of a formula. Goldens/PROVENANCE.md has the formula.</summary>
/// <remarks>
/// <c>PECHEAD_GOLDENS</c> names another folder of such files, <c>PECHEAD_GOLDEN_PREFIX</c> what stands before the name of a tensor where its
/// weights are drawn.
/// </remarks>
internal sealed partial class GoldenFile
{
    private const string Stored = "weights/";

    private readonly Dictionary<string, Tensor> _tensors;
    private readonly Rule[] _rules;
    private readonly (string Part, string Name, long[] Shape)[] _keys;
    private readonly string _prefix = Environment.GetEnvironmentVariable("PECHEAD_GOLDEN_PREFIX") ?? "";

    public GoldenFile(string id)
    {
        string file = Path.Combine(Folder(), $"{id}.safetensors");
        var stated = StateDictReader.Metadata(file);
        _tensors = StateDict.Load(file);
        _rules = JsonSerializer.Deserialize<Rule[]>(stated["weight_rules"], Options)!;
        Outputs = JsonSerializer.Deserialize<Dictionary<string, GoldenOutput>>(stated["outputs"], Options)!;
        _keys = [.. Keys(id)];
    }

    /// <summary>What was recorded, by name.</summary>
    public IReadOnlyDictionary<string, GoldenOutput> Outputs { get; }

    private static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Part, name and shape of every tensor of the published model.</summary>
    public static IEnumerable<(string Part, string Name, long[] Shape)> Keys(string id) => File.ReadLines(Path.Combine(Folder(), $"{id}.keys.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('\t'))
        .Select(cells => (cells[0], cells[1], cells[3] == "scalar" ? Array.Empty<long>() : [.. cells[3].Split('x').Select(size => long.Parse(size, CultureInfo.InvariantCulture))]));

    /// <summary>One of the two pictures that all models were run on, [1, 3, 256, 256] in [0, 1].</summary>
    public static Tensor Picture(string name)
    {
        using var scope = NewDisposeScope();
        var pixels = StateDict.Load(Path.Combine(Folder(), "inputs.safetensors"))[name];
        return (pixels.to(ScalarType.Float64).permute(2, 0, 1).unsqueeze(0) / 255).contiguous().MoveToOuterDisposeScope();
    }

    public Tensor this[string name] => _tensors[name];

    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The parts of a published file. A variant <c>part@variant</c> has the name of its part.</summary>
    public PublishedParts Published(params string[] parts) => new(parts.ToDictionary(part => part.Split('@')[0], Part), "the goldens");

    private Dictionary<string, Tensor> Part(string part)
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (_, name, shape) in _keys.Where(key => key.Part == part && key.Shape.Length > 0))
            tensors[name] = _tensors.GetValueOrDefault($"{Stored}{part}/{name}") ?? Drawn(part, name, shape);
        foreach (string name in tensors.Keys.Where(name => name.EndsWith(".weight_orig", StringComparison.Ordinal)))
        {
            using var scope = NewDisposeScope();
            string layer = name[..^"orig".Length];
            var u = Unit(tensors[$"{layer}u"].to(ScalarType.Float64));
            var v = Unit(tensors[name].to(ScalarType.Float64).flatten(1).t().mv(u));
            tensors[$"{layer}u"] = u.to(ScalarType.Float32).MoveToOuterDisposeScope();
            tensors[$"{layer}v"] = v.to(ScalarType.Float32).MoveToOuterDisposeScope();
        }
        return tensors;
    }

    /// <summary>A tensor of the formula.</summary>
    public Tensor Drawn(string part, string name, long[] shape)
    {
        var rule = _rules.First(one => one.Fits(part, name, shape.Length));
        double scale = rule.Gain * rule.Base switch
        {
            "fan" => Math.Sqrt(3.0 / shape.Skip(1).Aggregate(1L, (product, size) => product * size)),
            "sqrt3" => Math.Sqrt(3),
            "one" => 1,
            var other => throw new NotSupportedException(other),
        };
        double[] offsets = rule.Offsets();
        uint hash = 2166136261;
        foreach (byte letter in Encoding.UTF8.GetBytes($"{_prefix}{part}/{name}")) hash = (hash ^ letter) * 16777619;
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(offsets[i % offsets.Length] + (scale * Uniform(hash, i)));
        return tensor(values, shape);
    }

    /// <summary>A number in [-1, 1) for each element of a tensor.</summary>
    public static double Uniform(uint hash, int index)
    {
        unchecked
        {
            uint x = hash + ((uint)index * 2654435761u);
            x = (x ^ (x >> 16)) * 0x85ebca6bu;
            x = (x ^ (x >> 13)) * 0xc2b2ae35u;
            return ((x ^ (x >> 16)) / 2147483648.0) - 1;
        }
    }

    private static Tensor Unit(Tensor vector) => vector / vector.square().sum().sqrt();

    private static string Folder([CallerFilePath] string here = "") =>
        Environment.GetEnvironmentVariable("PECHEAD_GOLDENS") is { Length: > 0 } named ? named : Path.Combine(Path.GetDirectoryName(here)!, "Goldens");

    private sealed record Rule(string? Part, string Key, string? Ndim, string Base, double Gain, JsonElement Offset)
    {
        public bool Fits(string part, string name, int rank) =>
            (Part is null || Whole(Part, part)) && Whole(Key, name) && (Ndim is null || Ndim == "2+" == rank >= 2);

        public double[] Offsets() => Offset.ValueKind == JsonValueKind.Array ? [.. Offset.EnumerateArray().Select(one => one.GetDouble())] : [Offset.GetDouble()];

        private static bool Whole(string pattern, string text) => Regex.IsMatch(text, $"^(?:{pattern})$");
    }
}

/// <summary>One recorded output.</summary>
/// <param name="FullShape">Shape of the whole tensor.</param>
/// <param name="Slice">Which part of it was recorded, in numpy's words; null for all.</param>
/// <param name="F32Floor">How far the published code's own run in float32 is from that in float64, at most.</param>
internal sealed record GoldenOutput(long[] FullShape, string? Slice, double F32Floor)
{
    public bool IsWhole => string.IsNullOrEmpty(Slice);

    /// <summary>The recorded part of a tensor.</summary>
    public Tensor Of(Tensor whole) => IsWhole ? whole.alias() : whole[[.. Slice!.Trim('[', ']').Split(',').Select(Index)]];

    private static TensorIndex Index(string text)
    {
        long?[] numbers = [.. text.Split(':').Select(number => long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : (long?)null)];
        return numbers.Length switch
        {
            1 => TensorIndex.Single(numbers[0]!.Value),
            2 => TensorIndex.Slice(numbers[0], numbers[1]),
            _ => TensorIndex.Slice(numbers[0], numbers[1], numbers[2]),
        };
    }
}
