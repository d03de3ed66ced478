using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Reads colours off features, and adds those of the resolution before.</summary>
/// <remarks><b>Paper:</b> Latent Image Animator. Unlike in StyleGAN2 the convolution has an activation and no modulation.</remarks>
internal sealed class ToColour : nn.Module
{
    [ComponentName(Name = "upsample")] private readonly BinomialFilter? _double;
    [ComponentName(Name = "conv")] private readonly Sequential _conv;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    /// <param name="doubles">Whether there is a resolution before.</param>
    public ToColour(long channels, bool doubles) : base(nameof(ToColour))
    {
        if (doubles) _double = BinomialFilter.Double();
        _conv = nn.Sequential(new EqualizedConv(channels, 3, 1, 1, 0), new BiasedActivation(3));
        _bias = Learned.From(zeros([1, 3, 1, 1]));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="features">[N, C, H, W].</param>
    /// <param name="before">Colours of half the size; null: none.</param>
    /// <returns>[N, 3, H, W].</returns>
    public Tensor Apply(Tensor features, Tensor? before)
    {
        using var scope = NewDisposeScope();
        var colours = _conv.call(features) + _bias;
        return (before is null ? colours : colours + _double!.call(before)).MoveToOuterDisposeScope();
    }
}
