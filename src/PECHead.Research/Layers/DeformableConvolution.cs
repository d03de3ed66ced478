using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Temporary composition.</summary>
public static class DeformableConvolution
{
    /// <summary>Applies.</summary>
    public static Tensor Apply(Tensor input, Tensor offset, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        long n = input.size(0), c = input.size(1), h = input.size(2), w = input.size(3);
        long kh = weight.size(2), kw = weight.size(3), taps = kh * kw, ho = offset.size(2), wo = offset.size(3);
        long groups = offset.size(1) / (2 * taps);
        var delta = offset.reshape(n * groups, taps, 2, ho, wo);
        var rows = arange(ho, offset.dtype, offset.device).reshape(1, 1, ho, 1) * stride - padding;
        var columns = arange(wo, offset.dtype, offset.device).reshape(1, 1, 1, wo) * stride - padding;
        var ty = (arange(taps, offset.dtype, offset.device) / kw).floor().reshape(1, taps, 1, 1) * dilation;
        var tx = (arange(taps, offset.dtype, offset.device) % kw).reshape(1, taps, 1, 1) * dilation;
        var y = delta.select(2, 0) + rows + ty;
        var x = delta.select(2, 1) + columns + tx;
        var grid = stack([(x * (2.0 / (w - 1))) - 1, (y * (2.0 / (h - 1))) - 1], -1).reshape(n * groups, taps * ho, wo, 2);
        var sampled = Warping.Sample(input.reshape(n * groups, c / groups, h, w), grid, alignCorners: true)
            .reshape(n * groups, c / groups, taps, ho, wo);
        if (mask is not null) sampled = sampled * mask.reshape(n * groups, 1, taps, ho, wo).to(sampled.dtype);
        var result = weight.flatten(1).to(sampled.dtype).matmul(sampled.reshape(n, c * taps, ho * wo)).reshape(n, weight.size(0), ho, wo);
        return (bias is null ? result : result + bias.reshape(1, -1, 1, 1).to(result.dtype)).MoveToOuterDisposeScope();
    }
}
