using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Pre-activation residual block that doubles or halves both sides, on both of its ways.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: the encoder has down-sampling residual blocks, the decoder up-sampling ones.
/// <b>Choice:</b> their inside is not given. Upsampling comes first, so that both 3x3 convolutions smooth its steps; average pooling comes
/// last. On the skip, a 1x1 convolution commutes with both, so it runs on the smaller map and costs a quarter.
/// </remarks>
internal sealed class ResampledResidualBlock : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "norm1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "conv1")] private readonly nn.Module<Tensor, Tensor> _conv1;
    [ComponentName(Name = "norm2")] private BatchNorm2d? _norm2;
    [ComponentName(Name = "conv2")] private readonly nn.Module<Tensor, Tensor> _conv2;
    [ComponentName(Name = "skip")] private readonly Conv2d _skip;
    private readonly Resampling _resampling;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="resampling">The change of size.</param>
    public ResampledResidualBlock(long inChannels, long outChannels, Resampling resampling) : base(nameof(ResampledResidualBlock))
    {
        bool doubles = resampling == Resampling.DoubledBefore;
        long inner = doubles ? outChannels : inChannels;
        _norm1 = nn.BatchNorm2d(inChannels);
        _conv1 = doubles ? new ResampledConv2d(inChannels, inner, resampling) : nn.Conv2d(inChannels, inner, 3, padding: 1);
        _norm2 = nn.BatchNorm2d(inner);
        _conv2 = doubles ? nn.Conv2d(inner, outChannels, 3, padding: 1) : new ResampledConv2d(inner, outChannels, resampling);
        _skip = nn.Conv2d(inChannels, outChannels, 1);
        _resampling = resampling;
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    /// <returns>Features [N, outChannels, 2H, 2W] or [N, outChannels, H/2, W/2].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(_norm1.call(input).relu_());
        residual = _conv2.call(NormFolding.Apply(_norm2, residual).relu_());
        return _resampling.AddSkip(residual, input, _skip).MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => NormFolding.Fold(_conv1, ref _norm2);
}
