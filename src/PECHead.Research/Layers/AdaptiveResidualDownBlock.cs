using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Pre-activation residual block with AdaIN that halves both sides.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: the keypoint estimator has four down-sampling AdaIN residual blocks.
/// <b>Choice:</b> AdaIN → LeakyReLU 0.2 → 3x3 convolution, twice, then average pooling; skip by pooling and a 1x1
/// convolution, as in <see cref="ResidualDownBlock"/>.
/// </remarks>
internal sealed class AdaptiveResidualDownBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "norm1")] private readonly AdaptiveInstanceNorm _norm1;
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "norm2")] private readonly AdaptiveInstanceNorm _norm2;
    [ComponentName(Name = "conv2")] private readonly ResampledConv2d _conv2;
    [ComponentName(Name = "skip")] private readonly Conv2d _skip;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="styleSize">Values of the style.</param>
    public AdaptiveResidualDownBlock(long inChannels, long outChannels, long styleSize) : base(nameof(AdaptiveResidualDownBlock))
    {
        _norm1 = new AdaptiveInstanceNorm(inChannels, styleSize);
        _conv1 = nn.Conv2d(inChannels, inChannels, 3, padding: 1);
        _norm2 = new AdaptiveInstanceNorm(inChannels, styleSize);
        _conv2 = new ResampledConv2d(inChannels, outChannels, Resampling.HalvedAfter);
        _skip = nn.Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input1">Features [N, inChannels, H, W].</param>
    /// <param name="input2">Styles [N, S].</param>
    /// <returns>Features [N, outChannels, H/2, W/2].</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(nn.functional.leaky_relu(_norm1.call(input1, input2), Slope));
        residual = _conv2.call(nn.functional.leaky_relu(_norm2.call(residual, input2), Slope));
        var skip = _skip.call(nn.functional.avg_pool2d(input1, 2));
        return residual.add_(skip).MoveToOuterDisposeScope();
    }
}
