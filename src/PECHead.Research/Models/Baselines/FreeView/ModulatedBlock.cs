using PECHead.Research.Acceleration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>A residual block with two convolutions; a map modulates what goes into each, and into that of the skip where the channels change.</summary>
internal sealed class ModulatedBlock : nn.Module<Tensor, Tensor, Tensor>, IInferenceForm
{
    private const double Slope = 0.2;

    [ComponentName(Name = "conv_0")] private readonly SpectralConv _conv0;
    [ComponentName(Name = "conv_1")] private readonly SpectralConv _conv1;
    [ComponentName(Name = "conv_s")] private readonly SpectralConv? _skip;
    [ComponentName(Name = "norm_0")] private readonly SpatialModulation _norm0;
    [ComponentName(Name = "norm_1")] private readonly SpatialModulation _norm1;
    [ComponentName(Name = "norm_s")] private readonly SpatialModulation? _normSkip;
    private readonly int? _factor;
    private JointModulation? _joint;      // in the form for inference

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="mapChannels">Channels of the map.</param>
    /// <param name="hidden">Channels between the map and its scale and shift.</param>
    /// <param name="factor">How many times larger than the map the features are; null: this is not known.</param>
    public ModulatedBlock(long inChannels, long outChannels, long mapChannels, long hidden, int? factor = null) : base(nameof(ModulatedBlock))
    {
        _factor = factor;
        long inside = Math.Min(inChannels, outChannels);
        (_conv0, _conv1) = (new SpectralConv(inChannels, inside, 3), new SpectralConv(inside, outChannels, 3));
        (_norm0, _norm1) = (new SpatialModulation(inChannels, mapChannels, hidden), new SpatialModulation(inside, mapChannels, hidden));
        if (inChannels != outChannels) (_skip, _normSkip) = (new SpectralConv(inChannels, outChannels, 1, bias: false), new SpatialModulation(inChannels, mapChannels, hidden));
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input1">Features [N, inChannels, H, W].</param>
    /// <param name="input2">The map [N, mapChannels, h, w].</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        if (_joint is not null) return Jointly(_joint, input1, input2).MoveToOuterDisposeScope();
        var residual = _conv0.call(nn.functional.leaky_relu(_norm0.call(input1, input2), Slope));
        residual = _conv1.call(nn.functional.leaky_relu(_norm1.call(residual, input2), Slope));
        return (residual + (_skip?.call(_normSkip!.call(input1, input2)) ?? input1)).MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify()
    {
        if (_factor is not { } factor || _joint is not null) return;
        SpatialModulation[] norms = _normSkip is null ? [_norm0, _norm1] : [_norm0, _norm1, _normSkip];
        _joint = new JointModulation(norms, _skip is null ? null : () => _skip.Weight, factor);
        register_module("joint", _joint);
    }

    // The same with what the map says of all three normalisations, which are two: that of the skip is the first one's.
    private Tensor Jointly(JointModulation joint, Tensor features, Tensor map)
    {
        var read = joint.call(map);
        var normal = nn.functional.instance_norm(features);
        var residual = _conv0.call(Modulated(normal, read[0]).leaky_relu_(Slope));
        residual = _conv1.call(Modulated(nn.functional.instance_norm(residual), read[1]).leaky_relu_(Slope));
        if (_skip is null) return residual.add_(features);
        long channels = features.size(1);
        var skip = _skip.call(normal.mul_(read[2].narrow(1, 0, channels)));
        return residual.add_(skip).add_(read[2].narrow(1, channels, skip.size(1)));
    }

    private static Tensor Modulated(Tensor normal, Tensor read) => read.narrow(1, normal.size(1), normal.size(1)).addcmul(normal, read.narrow(1, 0, normal.size(1)), 1);
}
