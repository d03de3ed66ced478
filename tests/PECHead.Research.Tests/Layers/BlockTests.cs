using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class BlockTests
{
    private static readonly Generator Random = new(7);

    [Fact]
    public void Blocks_ChangeChannelsAndResolutionAsNamed()
    {
        using var scope = NewDisposeScope();
        var input = rand([2, 3, 8, 8], generator: Random);

        TensorAssert.Shape(new ConvBlock(3, 5, 7).call(input), 2, 5, 8, 8);
        TensorAssert.Shape(new DownBlock(3, 5).call(input), 2, 5, 4, 4);
        TensorAssert.Shape(new UpBlock(3, 5).call(input), 2, 5, 16, 16);
        TensorAssert.Shape(new ResidualBlock(3).call(input), 2, 3, 8, 8);
        TensorAssert.Shape(new ResampledResidualBlock(3, 5, Resampling.HalvedAfter).call(input), 2, 5, 4, 4);
        TensorAssert.Shape(new ResampledResidualBlock(3, 5, Resampling.DoubledBefore).call(input), 2, 5, 16, 16);
    }

    [Fact]
    public void ResidualBlock_WithZeroSecondConvolution_IsTheIdentity()
    {
        using var scope = NewDisposeScope();
        var block = new ResidualBlock(4);
        ZeroOut(block, "conv2");
        var input = rand([2, 4, 6, 6], generator: Random);

        TensorAssert.Close(input, block.call(input), 0);
    }

    [Fact]
    public void ResidualBlocks_WithZeroSecondConvolution_ReduceToTheirSkip()
    {
        using var scope = NewDisposeScope();
        var down = new ResampledResidualBlock(2, 2, Resampling.HalvedAfter);
        var up = new ResampledResidualBlock(2, 2, Resampling.DoubledBefore);
        foreach (var block in new nn.Module[] { down, up })
        {
            ZeroOut(block, "conv2");
            MakeIdentity(block, "skip");
        }
        var input = rand([1, 2, 4, 4], generator: Random);

        TensorAssert.Close(nn.functional.avg_pool2d(input, 2), down.call(input), 1e-6);
        TensorAssert.Close(Upsampling.Nearest(input), up.call(input), 1e-6);
    }

    [Fact]
    public void Blocks_LeaveTheirInputAsItWas()
    {
        using var scope = NewDisposeScope();
        var input = rand([2, 3, 8, 8], generator: Random) - 0.5;
        var before = input.clone();

        new ConvBlock(3, 3, 3).call(input);
        new ResidualBlock(3).call(input);
        new ResampledResidualBlock(3, 4, Resampling.HalvedAfter).call(input);
        new ResampledResidualBlock(3, 4, Resampling.DoubledBefore).call(input);

        TensorAssert.Close(before, input, 0);
    }

    [Fact]
    public void Blocks_HaveTheGradientOfTheirValue()
    {
        using var scope = NewDisposeScope();
        var input = rand([2, 2, 4, 4], ScalarType.Float64, generator: Random);

        AssertGradient(new ConvBlock(2, 3, 3).@double(), input);
        AssertGradient(new DownBlock(2, 3).@double(), input);
        AssertGradient(new UpBlock(2, 3).@double(), input);
        AssertGradient(new ResidualBlock(2).@double(), input);
        AssertGradient(new ResampledResidualBlock(2, 3, Resampling.HalvedAfter).@double(), input);
        AssertGradient(new ResampledResidualBlock(2, 3, Resampling.DoubledBefore).@double(), input);
    }

    // Weighted by position: the plain sum of a normalised map is constant.
    private static void AssertGradient(nn.Module<Tensor, Tensor> block, Tensor input) =>
        TensorAssert.Gradient(
            x =>
            {
                var output = block.call(x);
                return (output * linspace(0, 1, output.numel(), ScalarType.Float64).reshape(output.shape)).sum();
            },
            input, tolerance: 1e-5);

    private static void ZeroOut(nn.Module block, string convolution)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in block.named_parameters())
        {
            if (name.StartsWith(convolution, StringComparison.Ordinal))
                parameter.zero_();
        }
    }

    private static void MakeIdentity(nn.Module block, string convolution)
    {
        using var noGradient = no_grad();
        ZeroOut(block, convolution);
        var weight = block.named_parameters().Single(p => p.Item1 == convolution + ".weight").Item2;
        weight.copy_(eye(weight.size(0)).reshape(weight.shape));
    }
}
