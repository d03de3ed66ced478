using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// Pre-activation residual block that doubles both sides: nearest-neighbour upsampling before the first convolution,
/// and on the skip after a 1x1 convolution.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: the decoder has up-sampling residual blocks.
/// <b>Choice:</b> their inside is not given. Upsampling comes first, so that both 3x3 convolutions smooth its steps;
/// a 1x1 convolution commutes with it, so the skip convolves first and costs a quarter.
/// </remarks>
internal sealed class ResidualUpBlock : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "norm1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "conv1")] private readonly ResampledConv2d _conv1;
    [ComponentName(Name = "norm2")] private readonly BatchNorm2d _norm2;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "skip")] private readonly Conv2d _skip;
    private bool _isFolded;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public ResidualUpBlock(long inChannels, long outChannels) : base(nameof(ResidualUpBlock))
    {
        _norm1 = nn.BatchNorm2d(inChannels);
        _conv1 = new ResampledConv2d(inChannels, outChannels, Resampling.DoubledBefore);
        _norm2 = nn.BatchNorm2d(outChannels);
        _conv2 = nn.Conv2d(outChannels, outChannels, 3, padding: 1);
        _skip = nn.Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>Features [N, outChannels, 2H, 2W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(_norm1.call(input).relu_());
        residual = _conv2.call((_isFolded ? residual : _norm2.call(residual)).relu_());
        return Upsampling.AddNearest(residual, _skip.call(input)).MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => _isFolded = _isFolded || NormFolding.Fold(_conv1.Weight, _conv1.Bias, _norm2);
}
