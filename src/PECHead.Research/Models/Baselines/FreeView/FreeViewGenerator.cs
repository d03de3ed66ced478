using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Encodes a source frame into a volume, moves the volume, and decodes a frame from it.</summary>
/// <remarks><b>Paper:</b> One-Shot Free-View, Sec. 3.1 and 3.2. The network of the motion is part of it, as in the published files.</remarks>
internal sealed class FreeViewGenerator : nn.Module
{
    [ComponentName(Name = "dense_motion_network")] private readonly VolumeMotion _motion;
    [ComponentName(Name = "first")] private readonly ConvBlock _first;
    [ComponentName(Name = "down_blocks")] private readonly ModuleList<DownBlock> _down;
    [ComponentName(Name = "second")] private readonly Conv2d _second;
    [ComponentName(Name = "resblocks_3d")] private readonly Sequential _volume;
    [ComponentName(Name = "third")] private readonly LeakyBlock _third;
    [ComponentName(Name = "fourth")] private readonly Conv2d _fourth;
    [ComponentName(Name = "decoder")] private readonly ModulatedDecoder? _decoder;
    [ComponentName(Name = "resblocks_2d")] private readonly Sequential? _residual;
    [ComponentName(Name = "up_blocks")] private readonly ModuleList<UpBlock>? _up;
    [ComponentName(Name = "final")] private readonly Conv2d? _final;
    private readonly long _depth;
    private readonly bool _alignCorners;

    /// <summary>Builds the generator.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FreeViewGenerator(FreeViewConfig config) : base(nameof(FreeViewGenerator))
    {
        long Width(int level) => (long)config.BaseChannels << level;
        const int Bottom = FreeViewConfig.DownBlocks;
        int kernel = config.Modulated ? 3 : 7;

        (_depth, _alignCorners) = (config.VolumeDepth, config.AlignCorners);
        _motion = new VolumeMotion(config);
        _first = new ConvBlock(3, Width(0), kernel);
        _down = new ModuleList<DownBlock>();
        for (int i = 0; i < Bottom; i++)
            _down.Add(new DownBlock(Width(i), Width(i + 1)));
        long flat = (long)config.VolumeChannels * config.VolumeDepth;
        _second = nn.Conv2d(Width(Bottom), flat, 1);
        _volume = VolumePath.Residuals(config.VolumeChannels, config.ResidualBlocks);
        _third = new LeakyBlock(flat, Width(Bottom));
        _fourth = nn.Conv2d(Width(Bottom), Width(Bottom), 1);
        if (config.Modulated)
        {
            _decoder = new ModulatedDecoder(config);
        }
        else
        {
            _residual = nn.Sequential(Enumerable.Range(0, config.ResidualBlocks).Select(i => ($"2dr{i}", (nn.Module<Tensor, Tensor>)new ResidualBlock(Width(Bottom)))));
            _up = new ModuleList<UpBlock>();
            for (int i = Bottom; i > 0; i--)
                _up.Add(new UpBlock(Width(i), Width(i - 1)));
            _final = nn.Conv2d(Width(0), 3, kernel, padding: kernel / 2);
        }
        RegisterComponents();
    }

    /// <summary>Finds the motion.</summary>
    public VolumeMotion Motion => _motion;

    /// <summary>Encodes source frames.</summary>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, C, D, h, w].</returns>
    public Tensor Encode(Tensor source) => VolumePath.Encode(_first, _down, _second, _volume, _depth, source);

    /// <summary>Moves an encoded volume.</summary>
    /// <param name="volume">[N, C, D, h, w].</param>
    /// <param name="deformation">[N, D, h, w, 3].</param>
    public Tensor Move(Tensor volume, Tensor deformation) => Warping.SampleVolume(volume, deformation, _alignCorners);

    /// <summary>Lays a moved volume flat and hides what is occluded.</summary>
    /// <param name="moved">[N, C, D, h, w].</param>
    /// <param name="occlusion">[N, 1, h, w].</param>
    /// <returns>[N, C', h, w].</returns>
    public Tensor Flatten(Tensor moved, Tensor occlusion) => VolumePath.Flatten(_third, _fourth, moved, occlusion);

    /// <summary>Decodes frames.</summary>
    /// <param name="features">What <see cref="Flatten"/> gave.</param>
    /// <returns>[N, 3, H, W] before the sigmoid.</returns>
    public Tensor Decode(Tensor features)
    {
        if (_decoder is not null) return _decoder.call(features);
        using var scope = NewDisposeScope();
        features = _residual!.call(features);
        foreach (var block in _up!)
            features = block.call(features);
        return _final!.call(features).MoveToOuterDisposeScope();
    }
}

/// <summary>Convolution 3x3, batch normalisation, leaky ReLU of slope 0.01.</summary>
internal sealed class LeakyBlock : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.01;

    [ComponentName(Name = "conv")] private readonly Conv2d _conv;
    [ComponentName(Name = "norm")] private readonly BatchNorm2d _norm;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public LeakyBlock(long inChannels, long outChannels) : base(nameof(LeakyBlock))
    {
        _conv = nn.Conv2d(inChannels, outChannels, 3, padding: 1);
        _norm = nn.BatchNorm2d(outChannels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.leaky_relu(_norm.call(_conv.call(input)), Slope).MoveToOuterDisposeScope();
    }
}
