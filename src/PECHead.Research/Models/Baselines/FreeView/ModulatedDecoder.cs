using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Decodes warped features with residual blocks that the same features modulate.</summary>
/// <remarks><b>Paper:</b> Park et al., SPADE, 2019; the public re-implementation uses it in place of the paper's decoder.</remarks>
internal sealed class ModulatedDecoder : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "fc")] private readonly Conv2d _first;
    [ComponentName(Name = "G_middle_0")] private readonly ModulatedBlock _middle0;
    [ComponentName(Name = "G_middle_1")] private readonly ModulatedBlock _middle1;
    [ComponentName(Name = "G_middle_2")] private readonly ModulatedBlock _middle2;
    [ComponentName(Name = "G_middle_3")] private readonly ModulatedBlock _middle3;
    [ComponentName(Name = "G_middle_4")] private readonly ModulatedBlock _middle4;
    [ComponentName(Name = "G_middle_5")] private readonly ModulatedBlock _middle5;
    [ComponentName(Name = "up_0")] private readonly ModulatedBlock _up0;
    [ComponentName(Name = "up_1")] private readonly ModulatedBlock _up1;
    [ComponentName(Name = "conv_img")] private readonly nn.Module<Tensor, Tensor> _final;

    /// <summary>Builds the decoder.</summary>
    /// <param name="config">Sizes, validated.</param>
    /// <param name="enlargement">How many times larger than the encoded frame the decoded one is: channels of the last layer become its pixels.</param>
    public ModulatedDecoder(FreeViewConfig config, int enlargement = 1) : base(nameof(ModulatedDecoder))
    {
        long width = (long)config.BaseChannels << FreeViewConfig.DownBlocks, hidden = 2L * config.BaseChannels;
        ModulatedBlock Block(long from, long to) => new(from, to, width, hidden);

        _first = nn.Conv2d(width, 2 * width, 3, padding: 1);
        (_middle0, _middle1, _middle2) = (Block(2 * width, 2 * width), Block(2 * width, 2 * width), Block(2 * width, 2 * width));
        (_middle3, _middle4, _middle5) = (Block(2 * width, 2 * width), Block(2 * width, 2 * width), Block(2 * width, 2 * width));
        (_up0, _up1) = (Block(2 * width, width), Block(width, config.BaseChannels));
        var final = nn.Conv2d(config.BaseChannels, 3L * enlargement * enlargement, 3, padding: 1);
        _final = enlargement == 1 ? final : nn.Sequential(final, nn.PixelShuffle(enlargement));
        RegisterComponents();
    }

    /// <summary>Decodes features.</summary>
    /// <param name="input">[N, C, h, w].</param>
    /// <returns>[N, 3, 4h, 4w], or as many times larger as the decoder enlarges, before the sigmoid.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _first.call(input);
        foreach (var block in new[] { _middle0, _middle1, _middle2, _middle3, _middle4, _middle5 })
            features = block.call(features, input);
        foreach (var block in new[] { _up0, _up1 })
            features = block.call(Upsampling.Nearest(features), input);
        return _final.call(nn.functional.leaky_relu(features, Slope)).MoveToOuterDisposeScope();
    }
}

/// <summary>A residual block with two convolutions; a map modulates what goes into each, and into that of the skip where the channels change.</summary>
internal sealed class ModulatedBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "conv_0")] private readonly SpectralConv _conv0;
    [ComponentName(Name = "conv_1")] private readonly SpectralConv _conv1;
    [ComponentName(Name = "conv_s")] private readonly SpectralConv? _skip;
    [ComponentName(Name = "norm_0")] private readonly SpatialModulation _norm0;
    [ComponentName(Name = "norm_1")] private readonly SpatialModulation _norm1;
    [ComponentName(Name = "norm_s")] private readonly SpatialModulation? _normSkip;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="mapChannels">Channels of the map.</param>
    /// <param name="hidden">Channels between the map and its scale and shift.</param>
    public ModulatedBlock(long inChannels, long outChannels, long mapChannels, long hidden) : base(nameof(ModulatedBlock))
    {
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
        var residual = _conv0.call(nn.functional.leaky_relu(_norm0.call(input1, input2), Slope));
        residual = _conv1.call(nn.functional.leaky_relu(_norm1.call(residual, input2), Slope));
        return (residual + (_skip?.call(_normSkip!.call(input1, input2)) ?? input1)).MoveToOuterDisposeScope();
    }
}

/// <summary>SPADE: normalisation whose scale and shift are read off a map, pixel by pixel.</summary>
internal sealed class SpatialModulation : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "param_free_norm")] private readonly BatchNorm2d? _norm;
    [ComponentName(Name = "mlp_shared")] private readonly Sequential _shared;
    [ComponentName(Name = "mlp_gamma")] private readonly Conv2d _scale;
    [ComponentName(Name = "mlp_beta")] private readonly Conv2d _shift;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    /// <param name="mapChannels">Channels of the map.</param>
    /// <param name="hidden">Channels between the map and its scale and shift.</param>
    /// <param name="batchNormalized">Whether the statistics are those of a batch; otherwise each frame has its own.</param>
    public SpatialModulation(long channels, long mapChannels, long hidden, bool batchNormalized = false) : base(nameof(SpatialModulation))
    {
        if (batchNormalized) _norm = nn.BatchNorm2d(channels, affine: false);
        _shared = nn.Sequential(nn.Conv2d(mapChannels, hidden, 3, padding: 1), nn.ReLU());
        (_scale, _shift) = (nn.Conv2d(hidden, channels, 3, padding: 1), nn.Conv2d(hidden, channels, 3, padding: 1));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input1">Features [N, channels, H, W].</param>
    /// <param name="input2">The map [N, mapChannels, h, w].</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var map = _shared.call(nn.functional.interpolate(input2, [input1.size(2), input1.size(3)], mode: InterpolationMode.Nearest));
        var normal = _norm?.call(input1) ?? nn.functional.instance_norm(input1);
        return ((normal * (1 + _scale.call(map))) + _shift.call(map)).MoveToOuterDisposeScope();
    }
}
