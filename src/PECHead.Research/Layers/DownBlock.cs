using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Convolution 3x3, batch normalisation, ReLU, then average pooling that halves both sides.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model, encoder step of the hourglass.</remarks>
internal sealed class DownBlock : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "conv")] private readonly Conv2d _conv;
    [ComponentName(Name = "norm")] private BatchNorm2d? _norm;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public DownBlock(long inChannels, long outChannels) : base(nameof(DownBlock))
    {
        _conv = nn.Conv2d(inChannels, outChannels, 3, padding: 1);
        _norm = nn.BatchNorm2d(outChannels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>Features [N, outChannels, H/2, W/2].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = NormFolding.Apply(_norm, _conv.call(input)).relu_();
        return nn.functional.avg_pool2d(features, 2).MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => NormFolding.Fold(_conv, ref _norm);
}
