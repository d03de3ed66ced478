using PECHead.Research.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

public sealed class ParameterInitializationTests
{
    [Fact]
    public void Create_WithEqualSeeds_GivesEqualParameters_WithOthersNot()
    {
        using var scope = NewDisposeScope();
        var first = Parameters(TinyConfigs.Model, seed: 1);
        var again = Parameters(TinyConfigs.Model, seed: 1);
        var other = Parameters(TinyConfigs.Model, seed: 2);

        Assert.All(first, p => TensorAssert.Close(p.Value, again[p.Key], 0, p.Key));
        string convolution = first.Keys.First(name => name.EndsWith("conv.weight", StringComparison.Ordinal));
        Assert.False(first[convolution].allclose(other[convolution]));
    }

    [Fact]
    public void Create_OfTwoSettings_GivesThemTheSameStartWhereTheyShareANameAndAShape()
    {
        using var scope = NewDisposeScope();
        var small = Parameters(TinyConfigs.Model, seed: 1);
        var config = TinyConfigs.Model with { Generator = TinyConfigs.Model.Generator with { BottleneckBlocks = 4 } };
        var large = Parameters(config, seed: 1);

        Assert.True(large.Count > small.Count);
        Assert.All(small, p => TensorAssert.Close(p.Value, large[p.Key], 0, p.Key));
    }

    [Fact]
    public void Apply_BoundsWeightsAndBiasesByTheFanIn()
    {
        using var scope = NewDisposeScope();
        var convolution = nn.Conv2d(8, 64, 3);
        ParameterInitialization.Apply(convolution, 3);
        double bound = 1 / Math.Sqrt(8 * 9);

        Assert.InRange(convolution.weight.abs().max().ToDouble(), 0.95 * bound, bound);
        Assert.InRange(convolution.bias!.abs().max().ToDouble(), 0.8 * bound, bound);
        Assert.InRange(convolution.weight.mean().ToDouble(), -0.05 * bound, 0.05 * bound);
    }

    [Fact]
    public void Apply_SetsNormalisationsToTheIdentity()
    {
        using var scope = NewDisposeScope();
        var norm = nn.BatchNorm2d(4);
        using (no_grad())
            norm.weight.fill_(7);
        ParameterInitialization.Apply(norm, 3);

        TensorAssert.Close(ones(4), norm.weight, 0);
        TensorAssert.Close(zeros(4), norm.bias!, 0);
    }

    [Fact]
    public void Apply_ToAParameterWithoutARule_NamesIt()
    {
        using var module = new Odd();

        Assert.Contains("'scale'", Assert.Throws<NotSupportedException>(() => ParameterInitialization.Apply(module, 1)).Message, StringComparison.Ordinal);
    }

    // Copies: a module that is no longer used frees its parameters.
    private static Dictionary<string, Tensor> Parameters(PecHeadConfig config, long seed)
    {
        using var model = PecHeadFactory.Create(config, seed);
        return model.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.detach().clone());
    }

    private sealed class Odd : nn.Module
    {
        public Odd() : base(nameof(Odd)) => register_parameter("scale", nn.Parameter(ones(1)));
    }
}
