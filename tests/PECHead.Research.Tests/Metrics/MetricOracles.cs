using PECHead.Research.Tests.Golden;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

/// <summary>Runs metric_oracles.py once for all tests that compare metrics and their networks.</summary>
public sealed class MetricOracles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-metric-oracles-").FullName;

    public MetricOracles()
    {
        if (!PythonOracle.IsAvailable)
            return;
        var (code, errors) = PythonOracle.Run(
            Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Metrics", "metric_oracles.py"), _folder);
        if (code != 0)
            throw new InvalidOperationException($"metric_oracles.py failed:\n{errors}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The script's draw of the same name: numbers that depend on the name alone.</summary>
    internal static Tensor Draw(string name, params long[] shape)
    {
        long seed = 0, count = shape.Aggregate(1L, (product, size) => product * size);
        foreach (char letter in name)
            seed = (seed * 31 + letter) % 9973;
        var noise = (arange(count, ScalarType.Float64) * 12.9898 + seed * 78.233).sin() * 43758.5453;
        noise = (noise - noise.floor()).reshape(shape);
        double fanIn = shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        if (shape.Length > 1)
            return ((noise - 0.5) * 2 * Math.Sqrt(6 / fanIn)).to(ScalarType.Float32);
        return (name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("weight", StringComparison.Ordinal)
            ? 0.5 + noise
            : 0.4 * (noise - 0.5)).to(ScalarType.Float32);
    }

    internal OracleCase Load(string name) => OracleCase.Read(Path.Combine(_folder, name + ".safetensors"));

    /// <summary>Drawn weights for every name and shape of the other implementation.</summary>
    internal static Dictionary<string, Tensor> Weights(OracleCase expected) =>
        expected.Under("shape.").ToDictionary(entry => entry.Key, entry => Draw(entry.Key, entry.Value.data<long>().ToArray()));
}
