using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>Every case of the table against PyTorch: outputs and gradients.</summary>
public sealed class OracleTests(OracleBatch oracle) : IClassFixture<OracleBatch>
{
    // The same kernels ran on both sides; what may differ is the order of sums, through threads and memory alignment.
    // A sum of n terms then differs by a few units of 2^-53 or 2^-24 of its largest term.
    private const double DoubleTolerance = 1e-10;
    private const double SingleTolerance = 1e-5;

    public static TheoryData<string, ScalarType> Cases
    {
        get
        {
            var data = new TheoryData<string, ScalarType>();
            foreach (var (entry, type) in OracleBatch.Runs) data.Add(entry.Python, type);
            return data;
        }
    }

    [OracleTheory]
    [MemberData(nameof(Cases))]
    public void Forward_and_gradient_equal_those_of_PyTorch(string python, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var entry = OracleCases.All.Single(candidate => candidate.Python == python);
        var answer = oracle[python, type];
        Assert.True(answer.Error is null, $"PyTorch says {answer.Error}");

        var inputs = OracleBatch.Inputs(entry, type);
        var leaves = new List<Tensor>();
        foreach (var (draw, input) in entry.Inputs.Zip(inputs))
        {
            if (draw.NeedsGradient) leaves.Add(input.requires_grad_());
        }
        Watched.Begin(leaves);
        manual_seed(OracleBatch.Seed(entry));
        var outputs = entry.Torch(inputs);

        Assert.Equal(answer.Outputs.Length, outputs.Length);
        for (var i = 0; i < outputs.Length; i++) AssertClose($"output {i}", answer.Outputs[i]!, outputs[i]);
        var gradients = Gradients(outputs, leaves);
        Assert.Equal(answer.Gradients.Length, gradients.Length);
        for (var i = 0; i < gradients.Length; i++)
        {
            var (expected, actual) = (answer.Gradients[i], gradients[i]);
            Assert.True(expected is null == actual is null, $"gradient {i}: one side has none");
            if (expected is not null) AssertClose($"gradient {i}", expected, actual!);
        }
    }

    private static Tensor?[] Gradients(Tensor[] outputs, List<Tensor> leaves)
    {
        var roots = outputs.Where(output => output.requires_grad).ToArray();
        if (roots.Length == 0 || leaves.Count == 0) return new Tensor?[leaves.Count];
        var total = roots.Select(root => (root * Weights(root)).sum()).Aggregate((left, right) => left + right);
        return [.. autograd.grad([total], leaves, allow_unused: true)];
    }

    /// <summary>Fixed weights that tell the elements apart; oracle.py computes the same.</summary>
    private static Tensor Weights(Tensor output)
        => ((arange(output.numel(), ScalarType.Float64) * 7 % 11 + 1) / 8).reshape(output.shape).to(output.dtype);

    private static void AssertClose(string what, OracleBatch.Stored expected, Tensor actual)
    {
        Assert.True(expected.Type == actual.dtype, $"{what}: {actual.dtype}, PyTorch has {expected.Type}");
        Assert.True(expected.Shape.AsSpan().SequenceEqual(actual.shape), $"{what}: {actual}, PyTorch has [{string.Join("x", expected.Shape)}]");
        var tolerance = expected.Type switch
        {
            ScalarType.Float64 => DoubleTolerance,
            ScalarType.Float32 => SingleTolerance,
            ScalarType.BFloat16 => 1e-2,
            _ => 0,
        };
        var want = Values(expected.ToTensor());
        var have = Values(actual.detach());
        var finite = want.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < want.Length; i++)
        {
            if (want[i].Equals(have[i])) continue;
            Assert.True(Math.Abs(want[i] - have[i]) <= tolerance * Math.Max(finite, 1), $"{what}[{i}]: {have[i]:R}, PyTorch has {want[i]:R}");
        }
    }

    private static double[] Values(Tensor tensor) => tensor.to(ScalarType.Float64).data<double>().ToArray();
}
