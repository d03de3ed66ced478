using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Pre-activation residual block with AdaIN that doubles or halves both sides.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: the keypoint estimator has four down-sampling and four up-sampling AdaIN residual blocks.
/// <b>Choice:</b> AdaIN → LeakyReLU 0.2 → 3x3 convolution, twice; the change of size and the skip as in <see cref="ResampledResidualBlock"/>.
/// </remarks>
internal sealed class AdaptiveResidualBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "norm1")] private readonly AdaptiveInstanceNorm _norm1;
    [ComponentName(Name = "conv1")] private readonly nn.Module<Tensor, Tensor> _conv1;
    [ComponentName(Name = "norm2")] private readonly AdaptiveInstanceNorm _norm2;
    [ComponentName(Name = "conv2")] private readonly nn.Module<Tensor, Tensor> _conv2;
    [ComponentName(Name = "skip")] private readonly Conv2d _skip;
    private readonly Resampling _resampling;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="styleSize">Values of the style.</param>
    /// <param name="resampling">The change of size.</param>
    public AdaptiveResidualBlock(long inChannels, long outChannels, long styleSize, Resampling resampling) : base(nameof(AdaptiveResidualBlock))
    {
        bool doubles = resampling == Resampling.DoubledBefore;
        long inner = doubles ? outChannels : inChannels;
        _norm1 = new AdaptiveInstanceNorm(inChannels, styleSize);
        _conv1 = doubles ? new ResampledConv2d(inChannels, inner, resampling) : nn.Conv2d(inChannels, inner, 3, padding: 1);
        _norm2 = new AdaptiveInstanceNorm(inner, styleSize);
        _conv2 = doubles ? nn.Conv2d(inner, outChannels, 3, padding: 1) : new ResampledConv2d(inner, outChannels, resampling);
        _skip = nn.Conv2d(inChannels, outChannels, 1);
        _resampling = resampling;
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input1">Features [N, inChannels, H, W].</param>
    /// <param name="input2">Styles [N, S].</param>
    /// <returns>Features [N, outChannels, 2H, 2W] or [N, outChannels, H/2, W/2].</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(nn.functional.leaky_relu(_norm1.call(input1, input2), Slope));
        residual = _conv2.call(nn.functional.leaky_relu(_norm2.call(residual, input2), Slope));
        return _resampling.AddSkip(residual, input1, _skip).MoveToOuterDisposeScope();
    }
}
