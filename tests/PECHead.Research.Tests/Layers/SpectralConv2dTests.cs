using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Layers;

public sealed class SpectralConv2dTests
{
    [Fact]
    public void After_some_passes_the_largest_singular_value_of_the_weight_in_use_is_one()
    {
        using var scope = NewDisposeScope();
        using var layer = new SpectralConv2d(3, 6, 4);
        var weight = layer.named_parameters().First(p => p.Item1 == "conv.weight").Item2;
        var bias = layer.named_parameters().First(p => p.Item1 == "conv.bias").Item2;
        using (no_grad()) bias.zero_();
        for (var pass = 0; pass < 100; pass++) layer.call(rand(1, 3, 4, 4)).Dispose();
        layer.eval();

        // Applied to the whole kernel window, the layer is the matrix [6, 48]: its answers to unit pictures are its columns.
        var matrix = layer.call(eye(48).reshape(48, 3, 4, 4)).reshape(48, 6).transpose(0, 1);

        var ratio = weight.flatten(1) / matrix;
        TensorAssert.Close(ratio.mean().expand(6, 48), ratio, 1e-3);
        var vector = ones(48, 1);
        for (var i = 0; i < 300; i++)
        {
            vector = matrix.transpose(0, 1).matmul(matrix.matmul(vector));
            vector = vector / vector.norm();
        }
        Assert.Equal(1, matrix.matmul(vector).norm().ToDouble(), 3);
    }

    [Fact]
    public void In_evaluation_nothing_changes()
    {
        using var scope = NewDisposeScope();
        using var layer = new SpectralConv2d(3, 6, 4);
        layer.eval();
        var before = layer.named_buffers().Single().Item2.clone();
        var first = layer.call(ones(1, 3, 8, 8));
        TensorAssert.Close(first, layer.call(ones(1, 3, 8, 8)), 0);
        TensorAssert.Close(before, layer.named_buffers().Single().Item2, 0);
    }
}
