using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>Encodes a source frame, warps its features, hides what is occluded, and decodes.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.3. The motion's network is part of it, as in the published files.</remarks>
internal sealed class FirstOrderGenerator : nn.Module
{
    private const int OuterKernel = 7;

    [ComponentName(Name = "motion")] private readonly FirstOrderMotion _motion;
    [ComponentName(Name = "first")] private readonly ConvBlock _first;
    [ComponentName(Name = "down")] private readonly ModuleList<DownBlock> _down;
    [ComponentName(Name = "bottleneck")] private readonly ModuleList<ResidualBlock> _bottleneck;
    [ComponentName(Name = "up")] private readonly ModuleList<UpBlock> _up;
    [ComponentName(Name = "final")] private readonly Conv2d _final;
    private readonly bool _alignCorners;

    /// <summary>Builds the generator.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FirstOrderGenerator(FirstOrderConfig config) : base(nameof(FirstOrderGenerator))
    {
        long Width(int level) => (long)config.BaseChannels << level;

        _alignCorners = config.AlignCorners;
        _motion = new FirstOrderMotion(config);
        _first = new ConvBlock(3, Width(0), OuterKernel);
        _down = new ModuleList<DownBlock>();
        _bottleneck = new ModuleList<ResidualBlock>();
        _up = new ModuleList<UpBlock>();
        for (int i = 0; i < config.DownBlocks; i++)
            _down.Add(new DownBlock(Width(i), Width(i + 1)));
        for (int i = 0; i < config.BottleneckBlocks; i++)
            _bottleneck.Add(new ResidualBlock(Width(config.DownBlocks)));
        for (int i = config.DownBlocks; i > 0; i--)
            _up.Add(new UpBlock(Width(i), Width(i - 1)));
        _final = nn.Conv2d(Width(0), 3, OuterKernel, padding: OuterKernel / 2);
        RegisterComponents();
    }

    /// <summary>Encodes source frames.</summary>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, C, h, w].</returns>
    public Tensor Encode(Tensor source)
    {
        using var scope = NewDisposeScope();
        var features = _first.call(source);
        foreach (var block in _down)
            features = block.call(features);
        return features.MoveToOuterDisposeScope();
    }

    /// <summary>Moves encoded frames and decodes them.</summary>
    /// <param name="source">Source frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="encoded">What <see cref="Encode"/> gave for them.</param>
    /// <param name="from">Points in the source.</param>
    /// <param name="to">Points that the source is to take.</param>
    /// <returns>Frames [N, 3, H, W], RGB in (0, 1), and their motion.</returns>
    public (Tensor Image, MotionField Motion) Decode(Tensor source, Tensor encoded, AffineKeypoints from, AffineKeypoints to)
    {
        using var scope = NewDisposeScope();
        var motion = _motion.call(source, from, to);
        var features = EdgeResize.Show(encoded, motion, _alignCorners);
        foreach (var block in _bottleneck)
            features = block.call(features);
        foreach (var block in _up)
            features = block.call(features);
        return (_final.call(features).sigmoid().MoveToOuterDisposeScope(), motion.MoveToOuterDisposeScope());
    }
}
