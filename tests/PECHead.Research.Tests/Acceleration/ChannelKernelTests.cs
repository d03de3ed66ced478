using PECHead.Research.Acceleration;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Acceleration;

public sealed class ChannelKernelTests
{
    public static TheoryData<long[], ScalarType, bool> Frames => new()
    {
        { [3, 5, 7, 9], ScalarType.Float32, false },
        { [2, 64, 33, 31], ScalarType.Float32, true },
        { [2, 64, 33, 31], ScalarType.BFloat16, true },
        { [1, 1, 129, 130], ScalarType.BFloat16, false },
        { [4, 1500, 2, 3], ScalarType.Float32, true },
        { [6, 17], ScalarType.Float32, false },
        { [2, 6, 3, 8, 9], ScalarType.BFloat16, false },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void One_pass_over_memory_gives_the_sums_and_the_blend_of_ordinary_operations(long[] shape, ScalarType type, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(4);
        Tensor Draw(double mean)
        {
            var values = (randn(shape, generator: random) + mean).to(type);
            return channelsLast ? values.contiguous().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : values;
        }
        double[] Numbers() => [.. randn([shape[1]], ScalarType.Float64, generator: random).data<double>()];
        var (values, others) = (Draw(3), Draw(-1));
        var (origin, otherOrigin, scale) = (Numbers(), Numbers(), Numbers());
        var count = values.numel() / shape[1];

        // The same values in float64 are the oracle.
        var expected = ChannelKernel.ComposeSums(values.to(ScalarType.Float64), others.to(ScalarType.Float64), origin, otherOrigin);
        var sums = ChannelKernel.Sums(values, others, origin, otherOrigin);
        Assert.Equal(expected.Length, sums.Length);
        Assert.All(expected.Zip(sums), pair => Assert.InRange(Math.Abs(pair.First - pair.Second) / count, 0, 1e-5));

        var blend = ChannelKernel.Combine(values, others, scale, origin, otherOrigin);
        var whole = ChannelKernel.ComposeBlend(values.to(ScalarType.Float64), others.to(ScalarType.Float64), scale, origin, otherOrigin);
        Assert.Equal((type, shape.Length), (blend.dtype, (int)blend.ndim));
        Assert.Equal(shape, blend.shape);
        // Half a unit in the last place of a brain float, and float32's own rounding.
        var tolerance = 1e-5 + (type == ScalarType.BFloat16 ? whole.abs() * Math.Pow(2, -8) : whole.abs() * 1e-6);
        Assert.True(((blend.to(ScalarType.Float64) - whole).abs() <= tolerance).all().ToBoolean());
    }
}
