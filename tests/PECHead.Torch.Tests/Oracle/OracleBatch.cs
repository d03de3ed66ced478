using System.Text.Json;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>Asks the oracle for every case at once, the first time a case needs an answer.</summary>
public sealed class OracleBatch
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Lazy<Dictionary<(string, ScalarType), Answer>> _answers = new(Ask);

    /// <summary>Every case with the float types it runs in.</summary>
    internal static IEnumerable<(OracleCase Case, ScalarType Type)> Runs
        => OracleCases.All.SelectMany(
            entry => entry.SingleOnly ? [ScalarType.Float32] : new[] { ScalarType.Float64, ScalarType.Float32 }, (entry, type) => (entry, type));

    internal Answer this[string python, ScalarType type] => _answers.Value[(python, type)];

    /// <summary>The inputs of a case: a function of its text and type alone.</summary>
    internal static Tensor[] Inputs(OracleCase entry, ScalarType type)
    {
        var random = new Random(Seed(entry));
        return [.. entry.Inputs.Select(draw => draw.Make(random, type))];
    }

    /// <summary>FNV-1a of the text: the same in every run, unlike string.GetHashCode.</summary>
    internal static int Seed(OracleCase entry)
        => (int)(entry.Python.Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619) & 0x7fffffff);

    private static Dictionary<(string, ScalarType), Answer> Ask()
    {
        var folder = Directory.CreateTempSubdirectory("pechead-oracle");
        try
        {
            Write(folder.FullName);
            var (status, errors) = Python.Run(Path.Combine(AppContext.BaseDirectory, "Oracle", "oracle.py"), folder.FullName);
            if (status != 0) throw new InvalidOperationException($"the oracle failed: {errors}");
            return Read(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(string folder)
    {
        var cases = new List<object>();
        using (var data = File.Create(Path.Combine(folder, "inputs.bin")))
        {
            foreach (var (entry, type) in Runs)
            {
                using var scope = NewDisposeScope();
                var inputs = new List<object>();
                foreach (var (draw, value) in entry.Inputs.Zip(Inputs(entry, type)))
                {
                    while (data.Position % 16 != 0) data.WriteByte(0);
                    inputs.Add(new { type = value.dtype.ToString(), shape = value.shape, offset = data.Position, gradient = draw.NeedsGradient });
                    data.Write(value.bytes);
                }
                cases.Add(new { code = entry.Python, dtype = type.ToString(), seed = Seed(entry), inputs });
            }
        }
        File.WriteAllText(Path.Combine(folder, "cases.json"), JsonSerializer.Serialize(new { threads = get_num_threads(), cases }, Json));
    }

    private static Dictionary<(string, ScalarType), Answer> Read(string folder)
    {
        var data = File.ReadAllBytes(Path.Combine(folder, "results.bin"));
        var results = JsonSerializer.Deserialize<Result[]>(File.ReadAllText(Path.Combine(folder, "results.json")), Json)!;
        return Runs.Zip(results).ToDictionary(
            pair => (pair.First.Case.Python, pair.First.Type),
            pair => new Answer(pair.Second.Error, Load(pair.Second.Outputs), Load(pair.Second.Gradients)));

        Stored?[] Load(Entry?[]? entries)
            => [.. (entries ?? []).Select(
                entry => entry is null ? null : new Stored(Enum.Parse<ScalarType>(entry.Type), entry.Shape, data.AsMemory(entry.Offset, entry.Length)))];
    }

    /// <summary>What the oracle says of one case.</summary>
    internal sealed record Answer(string? Error, Stored?[] Outputs, Stored?[] Gradients);

    /// <summary>A tensor of the oracle; bfloat16 is stored widened to float32.</summary>
    internal sealed record Stored(ScalarType Type, long[] Shape, ReadOnlyMemory<byte> Data)
    {
        internal Tensor ToTensor()
        {
            var result = empty(Shape, Type == ScalarType.BFloat16 ? ScalarType.Float32 : Type);
            Data.Span.CopyTo(result.bytes);
            return result;
        }
    }

    private sealed record Result(string? Error, Entry?[]? Outputs, Entry?[]? Gradients);

    private sealed record Entry(string Type, long[] Shape, int Offset, int Length);
}
