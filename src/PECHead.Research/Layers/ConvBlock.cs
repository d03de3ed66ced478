using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Convolution, batch normalisation, ReLU at unchanged resolution.</summary>
/// <remarks><b>Paper:</b> the "same block" of First Order Motion Model (Siarohin et al. 2019).</remarks>
internal sealed class ConvBlock : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "conv")] private readonly Conv2d _conv;
    [ComponentName(Name = "norm")] private BatchNorm2d? _norm;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Odd side of the kernel in pixels; the border is padded with zeros.</param>
    public ConvBlock(long inChannels, long outChannels, long kernelSize) : base(nameof(ConvBlock))
    {
        _conv = nn.Conv2d(inChannels, outChannels, kernelSize, padding: kernelSize / 2);
        _norm = nn.BatchNorm2d(outChannels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>Features [N, outChannels, H, W], not negative.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return NormFolding.Apply(_norm, _conv.call(input)).relu_().MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => NormFolding.Fold(_conv, ref _norm);
}
