using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Acceleration;

public sealed class SeparableKernelTests
{
    [Theory]
    [InlineData(2, 24, 24, 9, 13, 1, true, "slopes")]
    [InlineData(1, 48, 96, 17, 8, 2, true, "relu")]
    [InlineData(3, 16, 32, 5, 5, 1, false, "none")]
    [InlineData(1, 128, 128, 2, 1, 1, true, "slopes")]
    [InlineData(2, 8, 40, 1, 2, 2, false, "relu")]
    [InlineData(1, 32, 16, 30, 31, 2, true, "slopes")]
    public void A_row_at_a_time_gives_what_the_single_operations_give(int batch, int channels, int outputs, int height, int width, int stride, bool adds, string activation)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(7);
        Tensor Draw(params long[] shape) => randn(shape, generator: random);
        var (input, taps, weight, bias) = (Draw(batch, channels, height, width), Draw(9, channels), Draw(channels, outputs), Draw(outputs));
        // TensorFlow's SAME: the odd row and column of zeros lies below and on the right.
        (int Out, int Before, int After) Side(int size) => (size + stride - 1) / stride is var count && Math.Max(((count - 1) * stride) + 3 - size, 0) is var total ? (count, total / 2, total - (total / 2)) : default;
        var (rows, columns) = (Side(height), Side(width));
        var added = adds ? Draw(batch, outputs, rows.Out, columns.Out) : null;
        var slopes = activation switch { "relu" => zeros(outputs), "slopes" => Draw(outputs), _ => null };

        var result = SeparableKernel.Run(input, taps, weight, bias, added, slopes, new(stride, rows.Before, columns.Before, rows.Out, columns.Out));

        var padded = nn.functional.pad(input.to(ScalarType.Float64), [columns.Before, columns.After, rows.Before, rows.After]);
        var filtered = nn.functional.conv2d(padded, taps.to(ScalarType.Float64).t().reshape(channels, 1, 3, 3), strides: [stride, stride], groups: channels);
        var expected = nn.functional.conv2d(filtered, weight.to(ScalarType.Float64).t().reshape(outputs, channels, 1, 1), bias.to(ScalarType.Float64));
        if (added is not null) expected += added.to(ScalarType.Float64);
        if (slopes is not null) expected = where(expected < 0, expected * slopes.to(ScalarType.Float64).reshape(1, -1, 1, 1), expected);
        Assert.Equal(expected.shape, result.shape);
        TensorAssert.Close(expected, result.to(ScalarType.Float64), 1e-4);
    }
}
