using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>TensorFlow's older bilinear resizing, which the networks were given their pictures by.</summary>
/// <remarks>Output pixel i lies at i·in/out of the input, without the shift by half a pixel; no smoothing when it shrinks.</remarks>
internal static class LegacyResize
{
    /// <summary>Resizes a batch; differentiable.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    public static Tensor Apply(Tensor images, long height, long width)
    {
        using var scope = NewDisposeScope();
        return Along(Along(images, 2, height), 3, width).MoveToOuterDisposeScope();
    }

    private static Tensor Along(Tensor images, int dimension, long size)
    {
        var length = images.size(dimension);
        if (length == size)
            return images.alias();
        var (low, high, part) = (new long[size], new long[size], new float[size]);
        for (var i = 0; i < size; i++)
        {
            var position = i * ((float)length / size);
            low[i] = Math.Min((long)position, length - 1);
            high[i] = Math.Min(low[i] + 1, length - 1);
            part[i] = position - low[i];
        }

        long[] shape = dimension == 2 ? [1, 1, size, 1] : [1, 1, 1, size];
        var first = images.index_select(dimension, tensor(low).to(images.device));
        var second = images.index_select(dimension, tensor(high).to(images.device));
        return first.lerp(second, tensor(part, shape).to(images.device));
    }
}
