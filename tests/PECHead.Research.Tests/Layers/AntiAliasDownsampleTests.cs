using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class AntiAliasDownsampleTests
{
    [Theory]
    [InlineData(2, 5)]
    [InlineData(4, 13)]
    [InlineData(8, 29)]
    public void Kernel_HasThePublishedSideAndSumsToOne(int factor, long side)
    {
        using var scope = NewDisposeScope();
        using var down = new AntiAliasDownsample(3, factor);
        var (name, weight) = Assert.Single(down.named_buffers());

        Assert.Equal("weight", name);
        TensorAssert.Shape(weight, 3, 1, side, side);
        TensorAssert.Close(ones(3, 1), weight.sum([2, 3]), 1e-6);
    }

    [Fact]
    public void Forward_KeepsAConstantAwayFromTheBorder()
    {
        using var scope = NewDisposeScope();
        using var down = new AntiAliasDownsample(3, 4);

        var reduced = down.call(full([1, 3, 64, 64], 0.25));

        TensorAssert.Shape(reduced, 1, 3, 16, 16);
        TensorAssert.Close(full([1, 3, 12, 12], 0.25), reduced.narrow(2, 2, 12).narrow(3, 2, 12), 1e-6);
    }

    [Fact]
    public void Forward_OfAFineCheckerboard_IsFlat()
    {
        using var scope = NewDisposeScope();
        using var down = new AntiAliasDownsample(1, 4);
        float[] pixels = [.. Enumerable.Range(0, 64 * 64).Select(i => (i / 64 + i % 64) % 2)];
        var board = tensor(pixels, [1, 1, 64, 64]);

        var reduced = down.call(board).narrow(2, 2, 12).narrow(3, 2, 12);

        TensorAssert.Close(full([1, 1, 12, 12], 0.5), reduced, 1e-3);
    }

    [Fact]
    public void Forward_ByOne_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var down = new AntiAliasDownsample(3, 1);
        var image = rand([1, 3, 5, 5]);

        TensorAssert.Close(image, down.call(image), 0);
    }

    [Fact]
    public void Forward_OfAnOddSide_RoundsUp()
    {
        using var scope = NewDisposeScope();
        using var down = new AntiAliasDownsample(3, 2);

        TensorAssert.Shape(down.call(rand([1, 3, 9, 7])), 1, 3, 5, 4);
    }
}
