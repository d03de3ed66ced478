using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Pre-activation residual block with AdaIN that doubles both sides.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: the keypoint estimator has four up-sampling AdaIN residual blocks.
/// <b>Choice:</b> AdaIN → LeakyReLU 0.2 → 3x3 convolution, twice, nearest-neighbour upsampling before the first; skip by a
/// 1x1 convolution and upsampling, as in <see cref="ResidualUpBlock"/>.
/// </remarks>
internal sealed class AdaptiveResidualUpBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "norm1")] private readonly AdaptiveInstanceNorm _norm1;
    [ComponentName(Name = "conv1")] private readonly ResampledConv2d _conv1;
    [ComponentName(Name = "norm2")] private readonly AdaptiveInstanceNorm _norm2;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "skip")] private readonly Conv2d _skip;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="styleSize">Values of the style.</param>
    public AdaptiveResidualUpBlock(long inChannels, long outChannels, long styleSize) : base(nameof(AdaptiveResidualUpBlock))
    {
        _norm1 = new AdaptiveInstanceNorm(inChannels, styleSize);
        _conv1 = new ResampledConv2d(inChannels, outChannels, Resampling.DoubledBefore);
        _norm2 = new AdaptiveInstanceNorm(outChannels, styleSize);
        _conv2 = nn.Conv2d(outChannels, outChannels, 3, padding: 1);
        _skip = nn.Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input1">Features [N, inChannels, H, W].</param>
    /// <param name="input2">Styles [N, S].</param>
    /// <returns>Features [N, outChannels, 2H, 2W].</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(nn.functional.leaky_relu(_norm1.call(input1, input2), Slope));
        residual = _conv2.call(nn.functional.leaky_relu(_norm2.call(residual, input2), Slope));
        return Upsampling.AddNearest(residual, _skip.call(input1)).MoveToOuterDisposeScope();
    }
}
