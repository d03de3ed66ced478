using System.Text.Json;
using PECHead.Research.FaceModel.Basel;
using PECHead.Research.Tests.Golden;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel.Basel;

/// <summary>Runs basel_oracles.py once: files of the licensed names with random content, and independent answers.</summary>
public sealed class BaselOracle : IDisposable
{
    public BaselOracle()
    {
        if (!PythonOracle.IsAvailable)
            return;
        var (code, errors) = PythonOracle.Run(
            Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "FaceModel", "Basel", "basel_oracles.py"), Folder);
        Assert.True(code == 0, $"basel_oracles.py failed:\n{errors}");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("pechead-basel-").FullName;

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    internal OracleCase Load(string name) => OracleCase.Read(PathOf(name + ".safetensors"));

    /// <summary>What scipy reads from the MAT files: file, array, shape and column-major numbers.</summary>
    public Dictionary<string, Dictionary<string, MatExpectation>> MatFiles() =>
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, MatExpectation>>>(File.ReadAllText(PathOf("mat", "manifest.json")), JsonSerializerOptions.Web)!;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public sealed record MatExpectation(long[] Shape, byte[] Data);
}

[CollectionDefinition(Name)]
public sealed class BaselTests : ICollectionFixture<BaselOracle>
{
    public const string Name = "Basel";
}

/// <summary>Face models of a few points, made in memory.</summary>
internal static class TinyFaceModel
{
    /// <summary>Random points; no symmetry.</summary>
    public static BaselFaceModel Random(int points = 90, ulong seed = 5)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        return Build(
            randn([points, 3], generator: generator), randn([80, 3 * points], generator: generator) * 0.02,
            randn([64, 3 * points], generator: generator) * 0.02, Enumerable.Range(0, 68));
    }

    /// <summary>
    /// Point 2i is the reflection of point 2i + 1, and every component is either symmetric or antisymmetric: mirroring is
    /// a change of signs.
    /// </summary>
    public static BaselFaceModel Symmetric(int pairs = 60, ulong seed = 6)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var flip = tensor(new[] { -1f, 1f, 1f });
        Tensor Basis(long size)
        {
            var right = randn([size, pairs, 3], generator: generator) * 0.02;
            var signs = tensor(Enumerable.Range(0, (int)size).Select(i => i % 2 == 0 ? 1f : -1f).ToArray(), [size, 1, 1]);
            return stack([right, right * flip * signs], 2).flatten(1);
        }
        var half = randn([pairs, 3], generator: generator);
        return Build(stack([half, half * flip], 1).flatten(0, 1), Basis(80), Basis(64), Enumerable.Range(0, 68));
    }

    private static BaselFaceModel Build(Tensor mean, Tensor identity, Tensor expression, IEnumerable<int> landmarks) =>
        new(mean, identity, expression, [(0, 1, 2), (2, 1, 3)], [.. landmarks]);
}
