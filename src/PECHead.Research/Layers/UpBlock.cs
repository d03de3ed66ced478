using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Nearest-neighbour doubling of both sides, then convolution 3x3, batch normalisation, ReLU.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model, decoder step of the hourglass.</remarks>
internal sealed class UpBlock : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "conv")] private readonly ResampledConv2d _conv;
    [ComponentName(Name = "norm")] private BatchNorm2d? _norm;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public UpBlock(long inChannels, long outChannels) : base(nameof(UpBlock))
    {
        _conv = new ResampledConv2d(inChannels, outChannels, Resampling.DoubledBefore);
        _norm = nn.BatchNorm2d(outChannels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>Features [N, outChannels, 2H, 2W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return NormFolding.Apply(_norm, _conv.call(input)).relu_().MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => NormFolding.Fold(_conv, ref _norm);
}
