using PECHead.Research.Layers;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.DepthAware;

/// <summary>The encoder of the depth network: maps of a frame at five sizes.</summary>
/// <remarks>
/// <b>Paper:</b> Depth-Aware GAN, Sec. 3.1, trained on pairs of frames without labels, after Godard et al. 2019 (Monodepth2). Its classifier <c>fc</c> is
/// in the files, and nothing uses it.
/// </remarks>
internal sealed class DepthEncoder : nn.Module
{
    private const long Classes = 1000;
    private const double Mean = 0.45, Deviation = 0.225;

    [ComponentName(Name = "encoder")] private readonly ResidualNetwork _network;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public DepthEncoder(DepthAwareConfig config) : base(nameof(DepthEncoder))
    {
        _network = new ResidualNetwork(3, config.DepthWidth, Classes, config.DeepDepth);
        RegisterComponents();
    }

    /// <summary>Channels of the maps.</summary>
    public IReadOnlyList<long> Widths => _network.Widths;

    /// <summary>Encodes frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>Maps of H/2 to H/32.</returns>
    public IReadOnlyList<Tensor> Encode(Tensor frames)
    {
        using var scope = NewDisposeScope();
        var maps = _network.Maps((frames - Mean) / Deviation);
        return [.. maps.Select(map => map.MoveToOuterDisposeScope())];
    }
}

/// <summary>The decoder of the depth network: from the smallest map up, joined with the encoder's, to disparities at four sizes.</summary>
internal sealed class DepthDecoder : nn.Module
{
    /// <summary>How many times smaller than the frame the smallest map is.</summary>
    public const int Reduction = 1 << Steps;

    private const int Steps = 5;
    private const int Sizes = 4;

    [ComponentName(Name = "decoder")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _layers;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    /// <param name="widths">Channels of the encoder's maps.</param>
    public DepthDecoder(DepthAwareConfig config, IReadOnlyList<long> widths) : base(nameof(DepthDecoder))
    {
        long Width(int step) => (long)config.DisparityWidth << step;

        _layers = new ModuleList<nn.Module<Tensor, Tensor>>();
        for (int step = Steps - 1; step >= 0; step--)
        {
            _layers.Add(new ReflectedBlock(step == Steps - 1 ? widths[^1] : Width(step + 1), Width(step)));
            _layers.Add(new ReflectedBlock(Width(step) + (step > 0 ? widths[step - 1] : 0), Width(step)));
        }
        for (int size = 0; size < Sizes; size++)
            _layers.Add(new ReflectedConv(Width(size), 1));
        RegisterComponents();
    }

    /// <summary>Disparities at full resolution.</summary>
    /// <param name="maps">Of <see cref="DepthEncoder.Encode"/>.</param>
    /// <returns>[N, 1, H, W] in (0, 1), 1 near.</returns>
    public Tensor Disparity(IReadOnlyList<Tensor> maps) => Disparities(maps, 1)[0];

    /// <summary>Disparities at several sizes.</summary>
    /// <param name="maps">Of <see cref="DepthEncoder.Encode"/>.</param>
    /// <param name="count">How many, 1 to 4.</param>
    /// <returns>The largest first, each half as large as the one before.</returns>
    public IReadOnlyList<Tensor> Disparities(IReadOnlyList<Tensor> maps, int count = Sizes)
    {
        using var scope = NewDisposeScope();
        var made = new Tensor[count];
        var features = maps[^1];
        for (int step = Steps - 1, layer = 0; step >= 0; step--)
        {
            features = Upsampling.Nearest(_layers[layer++].call(features));
            if (step > 0) features = cat([features, maps[step - 1]], 1);
            features = _layers[layer++].call(features);
            if (step < count) made[step] = _layers[(2 * Steps) + step].call(features).sigmoid().MoveToOuterDisposeScope();
        }
        return made;
    }
}

/// <summary>A 3x3 convolution whose border repeats, mirrored, what is inside.</summary>
internal sealed class ReflectedConv : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly Conv2d _conv;

    /// <summary>Builds the layer.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public ReflectedConv(long inChannels, long outChannels) : base(nameof(ReflectedConv))
    {
        _conv = nn.Conv2d(inChannels, outChannels, 3);
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Features [N, inChannels, H, W], with sides of at least 2.</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _conv.call(nn.functional.pad(input, [1, 1, 1, 1], PaddingModes.Reflect)).MoveToOuterDisposeScope();
    }
}

/// <summary>The same with an ELU behind.</summary>
internal sealed class ReflectedBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly ReflectedConv _conv;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public ReflectedBlock(long inChannels, long outChannels) : base(nameof(ReflectedBlock))
    {
        _conv = new ReflectedConv(inChannels, outChannels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.elu(_conv.call(input), 1).MoveToOuterDisposeScope();
    }
}
