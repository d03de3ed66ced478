using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>The two convolutions that read a network's features, for the mask and for the occlusion, computed as one.</summary>
/// <remarks>Alone, that of the single occlusion channel costs almost as much as a whole block of outputs of the other.</remarks>
/// <param name="mask">Convolution with K+1 outputs, which keeps the size.</param>
/// <param name="occlusion">The same with one output; null where there is none.</param>
internal sealed class MotionHead(Conv2d mask, Conv2d? occlusion) : IDisposable
{
    private readonly KeptKernel? _kernel = occlusion is null ? null : new(() => (cat([mask.weight, occlusion!.weight], 0), cat([mask.bias!, occlusion.bias!], 0)));

    /// <summary>Logits of both.</summary>
    /// <param name="features">[N, C, h, w].</param>
    /// <returns>[N, K+2, h, w], or K+1 channels without occlusion.</returns>
    public Tensor Logits(Tensor features)
    {
        if (_kernel is null) return mask.call(features);
        using var scope = NewDisposeScope();
        var (weight, bias) = _kernel.Current();
        long margin = mask.weight.size(2) / 2;
        return nn.functional.conv2d(features, weight, bias, padding: [margin, margin]).MoveToOuterDisposeScope();
    }

    /// <summary>Multiplications for a number of pixels.</summary>
    /// <param name="pixels">Of the whole batch.</param>
    public double Products(long pixels) => occlusion is null ? 0 : (double)pixels * (mask.weight.numel() + occlusion.weight.numel());

    /// <summary>The weights no longer change: they are joined once.</summary>
    public void Keep() => _kernel?.Keep();

    /// <summary>Frees what was joined.</summary>
    public void Dispose() => _kernel?.Dispose();
}
