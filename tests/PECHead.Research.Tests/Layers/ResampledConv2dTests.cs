using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class ResampledConv2dTests
{
    private sealed record Case(bool Doubles, bool ChannelsLast, int Batch, int In, int Out, int Height, int Width);

    [Fact]
    public void One_convolution_has_the_values_and_gradients_of_two_steps_for_any_shape()
    {
        var cases =
            from doubles in Gen.Elements(true, false)
            from last in Gen.Elements(true, false)
            from batch in Gen.Choose(1, 3)
            from channels in Gen.Choose(1, 5).ArrayOf(2)
            from sides in Gen.Choose(2, 9).ArrayOf(2)
            select new Case(doubles, last, batch, channels[0], channels[1], sides[0], sides[1]);
        Prop.ForAll(cases.ToArbitrary(), Compare).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void One_pixel_is_all_border(bool doubles, int side) => Compare(new Case(doubles, true, 2, 3, 4, side, side));

    [Theory]
    [InlineData(Resampling.DoubledBefore, 32)]
    [InlineData(Resampling.HalvedAfter, 64)]
    internal void Large_maps_are_convolved_once_and_count_fewer_products(Resampling resampling, long side)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var layer = new ResampledConv2d(2, 3, resampling);
        var (large, small) = (rand(1, 2, side, side), rand(1, 2, side - 2, side));

        var (ofLarge, ofSmall) = (layer.call(large), layer.call(small));

        TensorAssert.Close(layer.Jointly(large), ofLarge, 0);
        TensorAssert.Close(layer.InTwoSteps(small), ofSmall, 0);
        Assert.Equal(16.0 / 36, layer.Products(large, ofLarge) / ofLarge.numel() / (layer.Products(small, ofSmall) / ofSmall.numel()), 9);
    }

    [Fact]
    public void The_parameters_are_those_of_a_convolution()
    {
        using var layer = new ResampledConv2d(3, 5, Resampling.DoubledBefore);
        using var convolution = nn.Conv2d(3, 5, 3);

        Assert.Equal(Shapes(convolution), Shapes(layer));

        static IEnumerable<(string, string)> Shapes(nn.Module module)
            => module.named_parameters().Select(one => (one.name, string.Join(", ", one.parameter.shape))).Order();
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Interleaving_in_one_pass_moves_the_same_bits_as_ordinary_operations(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var maps = Accelerator.ChannelsLast(rand([2, 12, 4, 6], generator: generator).to(type)).requires_grad_();
        var copy = maps.detach().clone().requires_grad_();
        var weight = rand([2, 3, 6, 10], generator: generator).to(type);

        var (joined, composed) = (Interleaving.Join(maps), Interleaving.Compose(copy));
        (joined * weight).sum().backward();
        (composed * weight).sum().backward();

        TensorAssert.Close(composed, joined, 0);
        TensorAssert.Close(copy.grad!, maps.grad!, 0);
    }

    [Fact]
    public void A_second_derivative_passes_through()
    {
        using var scope = NewDisposeScope();
        var maps = Accelerator.ChannelsLast(rand([1, 4, 3, 3], ScalarType.Float64)).requires_grad_();

        var slope = autograd.grad([Interleaving.Join(maps).pow(3).sum()], [maps], create_graph: true)[0];
        var second = autograd.grad([slope.sum()], [maps])[0];

        var reached = Interleaving.Join(maps.detach());
        Assert.Equal((6 * reached).sum().ToDouble(), second.sum().ToDouble(), 9);
    }

    [Fact]
    public void Adding_enlarged_features_in_place_has_the_gradients_of_the_sum()
    {
        using var scope = NewDisposeScope();
        var (target, features) = (rand([2, 3, 4, 6], ScalarType.Float64).requires_grad_(), rand([2, 3, 2, 3], ScalarType.Float64).requires_grad_());
        var weight = rand([2, 3, 4, 6], ScalarType.Float64);

        var sum = Upsampling.AddNearest(target * 1, features);
        var expected = target + Upsampling.Nearest(features);

        TensorAssert.Close(expected, sum, 1e-15);
        var found = autograd.grad([(sum * weight).sum()], [target, features]);
        var wanted = autograd.grad([(expected * weight).sum()], [target, features]);
        TensorAssert.Close(wanted[0], found[0], 1e-15);
        TensorAssert.Close(wanted[1], found[1], 1e-15);
    }

    private static void Compare(Case given)
    {
        using var scope = NewDisposeScope();
        using var layer = new ResampledConv2d(given.In, given.Out, given.Doubles ? Resampling.DoubledBefore : Resampling.HalvedAfter);
        layer.@double();
        var input = rand([given.Batch, given.In, given.Height, given.Width], ScalarType.Float64) - 0.5;
        if (given.ChannelsLast) input = Accelerator.ChannelsLast(input);
        input.requires_grad_();
        Tensor[] variables = [input, .. layer.parameters()];

        var (expected, found) = (layer.InTwoSteps(input), layer.Jointly(input));

        TensorAssert.Close(expected, found, 1e-10, given.ToString());
        var slope = rand_like(expected);
        var (wanted, gradients) = (autograd.grad([expected], variables, [slope]), autograd.grad([found], variables, [slope]));
        for (int i = 0; i < variables.Length; i++) TensorAssert.Close(wanted[i], gradients[i], 1e-10, $"gradient {i} of {given}");
    }
}
