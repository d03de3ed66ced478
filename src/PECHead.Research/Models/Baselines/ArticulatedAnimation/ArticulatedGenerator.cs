using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>Encodes a source frame and decodes it moved; at every resolution, and for the frame itself, the moved source is blended in.</summary>
/// <remarks><b>Paper:</b> Articulated Animation, Sec. 3.4. The network of the flow is part of it, as in the published files.</remarks>
internal sealed class ArticulatedGenerator : nn.Module
{
    private const int OuterKernel = 7;

    [ComponentName(Name = "pixelwise_flow_predictor")] private readonly RegionFlow _flow;
    [ComponentName(Name = "first")] private readonly ConvBlock _first;
    [ComponentName(Name = "down_blocks")] private readonly ModuleList<DownBlock> _down;
    [ComponentName(Name = "up_blocks")] private readonly ModuleList<UpBlock> _up;
    [ComponentName(Name = "bottleneck")] private readonly ModuleList<ResidualBlock> _bottleneck;
    [ComponentName(Name = "final")] private readonly Conv2d _final;
    private readonly bool _alignCorners;

    /// <summary>Builds the generator.</summary>
    /// <param name="config">Sizes, validated.</param>
    public ArticulatedGenerator(ArticulatedConfig config) : base(nameof(ArticulatedGenerator))
    {
        long Width(int level) => Math.Min(config.MaxChannels, (long)config.BaseChannels << level);

        _alignCorners = config.AlignCorners;
        _flow = new RegionFlow(config);
        _first = new ConvBlock(3, Width(0), OuterKernel);
        _down = new ModuleList<DownBlock>();
        _up = new ModuleList<UpBlock>();
        _bottleneck = new ModuleList<ResidualBlock>();
        for (int i = 0; i < config.DownBlocks; i++)
            _down.Add(new DownBlock(Width(i), Width(i + 1)));
        for (int i = config.DownBlocks; i > 0; i--)
            _up.Add(new UpBlock(Width(i), Width(i - 1)));
        for (int i = 0; i < config.BottleneckBlocks; i++)
            _bottleneck.Add(new ResidualBlock(Width(config.DownBlocks)));
        _final = nn.Conv2d(Width(0), 3, OuterKernel, padding: OuterKernel / 2);
        RegisterComponents();
    }

    /// <summary>Finds the motion.</summary>
    public RegionFlow Flow => _flow;

    /// <summary>Encodes source frames.</summary>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>Features of each resolution, the largest first.</returns>
    public IReadOnlyList<Tensor> Encode(Tensor source)
    {
        using var scope = NewDisposeScope();
        var levels = new List<Tensor> { _first.call(source) };
        foreach (var block in _down)
            levels.Add(block.call(levels[^1]));
        return levels.ConvertAll(level => level.MoveToOuterDisposeScope());
    }

    /// <summary>Decodes moved frames.</summary>
    /// <param name="source">Source frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="levels">What <see cref="Encode"/> gave for them.</param>
    /// <param name="motion">Motion; resized where its maps are of another size.</param>
    /// <returns>Frames [N, 3, H, W], RGB in (0, 1).</returns>
    public Tensor Decode(Tensor source, IReadOnlyList<Tensor> levels, MotionField motion)
    {
        using var scope = NewDisposeScope();
        var features = Blend(null, levels[^1], motion);
        foreach (var block in _bottleneck)
            features = block.call(features);
        for (int i = 0; i < _up.Count; i++)
            features = _up[i].call(Blend(features, levels[^(i + 1)], motion));
        var decoded = _final.call(Blend(features, levels[0], motion)).sigmoid();
        return Blend(decoded, source, motion).MoveToOuterDisposeScope();
    }

    /// <summary>Where the source shows what is needed, the moved source; elsewhere what was decoded, or nothing at the beginning.</summary>
    /// <param name="decoded">[N, C, H, W], or null.</param>
    /// <param name="skipped">What the source has there, [N, C, H, W].</param>
    /// <param name="motion">Motion.</param>
    public Tensor Blend(Tensor? decoded, Tensor skipped, MotionField motion)
    {
        using var scope = NewDisposeScope();
        var occlusion = EdgeResize.Map(motion.Occlusion, skipped.size(2), skipped.size(3));
        var moved = EdgeResize.Warp(skipped, motion.Deformation, _alignCorners) * occlusion;
        return (decoded is null ? moved : moved + (decoded * (1 - occlusion))).MoveToOuterDisposeScope();
    }
}
