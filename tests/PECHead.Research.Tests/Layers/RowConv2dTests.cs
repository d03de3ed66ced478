using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class RowConv2dTests
{
    private sealed record Case(bool ChannelsLast, int Batch, int In, int Out, int Margin, int Pixels, int Height, int Width);

    [Fact]
    public void Pixels_of_a_row_together_have_the_values_and_gradients_of_a_plain_convolution_for_any_shape()
    {
        var cases =
            from last in Gen.Elements(true, false)
            from batch in Gen.Choose(1, 3)
            from channels in Gen.Choose(1, 4).ArrayOf(2)
            from margin in Gen.Choose(0, 3)
            from pixels in Gen.Choose(1, 8)
            from height in Gen.Choose(1, 9)
            from width in Gen.Choose(1, 24)
            select new Case(last, batch, channels[0], channels[1], margin, pixels, height, width);
        Prop.ForAll(cases.ToArbitrary(), Compare).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(4, 4)]
    [InlineData(7, 4)]
    public void Borders_and_widths_that_do_not_divide_are_right(int width, int pixels) => Compare(new Case(true, 2, 3, 3, 3, pixels, 5, width));

    [Fact]
    public void The_parameters_are_those_of_a_convolution_and_products_count_the_wider_kernel()
    {
        using var scope = NewDisposeScope();
        using var layer = new RowConv2d(3, 2, 7, 4, startsAtZero: false);
        using var convolution = nn.Conv2d(3, 2, 7);
        Assert.Equal(Shapes(convolution), Shapes(layer));
        var input = rand(1, 3, 4, 8);
        Assert.Equal(4 * 8 * 2 * 3 * 7.0 * 10, layer.Products(input, layer.call(input)));

        static IEnumerable<(string, string)> Shapes(nn.Module module)
            => module.named_parameters().Select(one => (one.name, string.Join(", ", one.parameter.shape))).Order();
    }

    [Fact]
    public void The_form_for_inference_has_the_same_values()
    {
        using var scope = NewDisposeScope();
        using var layer = new RowConv2d(3, 3, 7, 4, startsAtZero: false);
        var input = rand(1, 3, 5, 16);
        var expected = layer.call(input).detach();
        Accelerator.ForInference(layer, Precision.Full);
        TensorAssert.Close(expected, layer.call(input), 1e-6);
        TensorAssert.Close(expected, layer.call(input), 1e-6);
    }

    private static void Compare(Case one)
    {
        using var scope = NewDisposeScope();
        using var layer = new RowConv2d(one.In, one.Out, (2 * one.Margin) + 1, one.Pixels, startsAtZero: false);
        layer.to(ScalarType.Float64);
        var (weight, bias) = (layer.get_parameter("weight")!, layer.get_parameter("bias")!);
        var input = rand([one.Batch, one.In, one.Height, one.Width], ScalarType.Float64);
        if (one.ChannelsLast) input = Accelerator.ChannelsLast(input);
        input.requires_grad = true;
        var upstream = rand([one.Batch, one.Out, one.Height, one.Width], ScalarType.Float64);

        (Tensor Value, Tensor[] Gradients) Of(Tensor value)
            => (value.detach(), [.. autograd.grad([(value * upstream).sum()], [input, weight, bias])]);
        var expected = Of(nn.functional.conv2d(input, weight, bias, padding: [one.Margin, one.Margin]));
        var actual = Of(layer.call(input));

        TensorAssert.Close(expected.Value, actual.Value, 1e-10);
        foreach (var (wanted, got) in expected.Gradients.Zip(actual.Gradients)) TensorAssert.Close(wanted, got, 1e-10);
    }
}
