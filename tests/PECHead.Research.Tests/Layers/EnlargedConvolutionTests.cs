using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class EnlargedConvolutionTests
{
    [Theory]
    [InlineData(1, 9)]
    [InlineData(2, 16)]
    [InlineData(3, 25)]
    [InlineData(4, 25)]
    public void A_convolution_of_the_small_map_is_that_of_the_enlarged_one_with_fewer_products(int factor, long taps)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var (map, weight, bias) = (randn(2, 3, 4, 5, dtype: ScalarType.Float64), randn(6, 3, 3, 3, dtype: ScalarType.Float64), randn(6, dtype: ScalarType.Float64));
        using var convolution = new EnlargedConvolution(factor, () => (weight.alias(), bias.alias()));
        var enlarged = nn.functional.interpolate(map, [4 * factor, 5 * factor], mode: InterpolationMode.Nearest);
        var expected = nn.functional.conv2d(enlarged, weight, bias, padding: [1, 1]).relu();

        var made = convolution.Apply(map);

        TensorAssert.Close(expected.narrow(1, 0, 2), made.Channels(0, 2), 1e-12);
        TensorAssert.Close(expected.narrow(1, 2, 4), made.Channels(2, 4), 1e-12);
        Assert.Equal(taps, convolution.Taps);
    }

    [Fact]
    public void A_single_pixel_is_all_border()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var convolution = new EnlargedConvolution(4, () => (ones(1, 1, 3, 3), zeros(1)));

        var made = convolution.Apply(ones(1, 1, 1, 1)).Channels(0, 1)[0, 0];

        TensorAssert.Close(tensor(new float[,] { { 4, 6, 6, 4 }, { 6, 9, 9, 6 }, { 6, 9, 9, 6 }, { 4, 6, 6, 4 } }), made, 0);
    }
}
