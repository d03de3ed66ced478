using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class HourglassTests
{
    [Fact]
    public void Forward_EndsWithTheInputItself()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var hourglass = new Hourglass(5, 4, 16, 3);
        var input = rand([2, 5, 16, 16], generator: generator);

        var output = hourglass.call(input);

        Assert.Equal(9, hourglass.OutChannels);
        TensorAssert.Shape(output, 2, 9, 16, 16);
        TensorAssert.Close(input, output.narrow(1, 4, 5), 0);
    }

    [Fact]
    public void Widths_DoubleUpToTheMaximum()
    {
        using var hourglass = new Hourglass(3, 32, 1024, 5);
        long[] widths = [.. hourglass.named_parameters()
            .Where(p => p.Item1.EndsWith("conv.weight", StringComparison.Ordinal)).Select(p => p.Item2.size(0))];

        Assert.Equal([64, 128, 256, 512, 1024, 512, 256, 128, 64, 32], widths);
    }

    [Fact]
    public void Constructor_WithoutHalvings_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Hourglass(3, 4, 16, 0));
}
