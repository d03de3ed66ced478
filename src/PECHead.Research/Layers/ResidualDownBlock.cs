using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// Pre-activation residual block that halves both sides: average pooling after the second convolution, and on the
/// skip before a 1x1 convolution.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: the encoder has down-sampling residual blocks.
/// <b>Choice:</b> their inside (two 3x3 convolutions, average pooling, 1x1 skip) is not given; this is the usual form.
/// Pooling and a 1x1 convolution commute, so the skip pools first and costs a quarter.
/// </remarks>
internal sealed class ResidualDownBlock : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "norm1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "norm2")] private readonly BatchNorm2d _norm2;
    [ComponentName(Name = "conv2")] private readonly ResampledConv2d _conv2;
    [ComponentName(Name = "skip")] private readonly Conv2d _skip;
    private bool _isFolded;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public ResidualDownBlock(long inChannels, long outChannels) : base(nameof(ResidualDownBlock))
    {
        _norm1 = nn.BatchNorm2d(inChannels);
        _conv1 = nn.Conv2d(inChannels, inChannels, 3, padding: 1);
        _norm2 = nn.BatchNorm2d(inChannels);
        _conv2 = new ResampledConv2d(inChannels, outChannels, Resampling.HalvedAfter);
        _skip = nn.Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>Features [N, outChannels, H/2, W/2].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(_norm1.call(input).relu_());
        residual = _conv2.call((_isFolded ? residual : _norm2.call(residual)).relu_());
        var skip = _skip.call(nn.functional.avg_pool2d(input, 2));
        return residual.add_(skip).MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => _isFolded = _isFolded || NormFolding.Fold(_conv1.weight, _conv1.bias!, _norm2);
}
