using PECHead.Research.Layers;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.DepthAware;

/// <summary>Encodes a source frame and its depth, moves the features, lets the depth look at them, and decodes.</summary>
/// <remarks><b>Paper:</b> Depth-Aware GAN, Sec. 3.3: First Order Motion Model's generator with a second encoder and attention.</remarks>
internal sealed class DepthAwareGenerator : nn.Module
{
    private const int OuterKernel = 7;

    [ComponentName(Name = "motion")] private readonly FirstOrderMotion _motion;
    [ComponentName(Name = "first")] private readonly ConvBlock _first;
    [ComponentName(Name = "down")] private readonly ModuleList<DownBlock> _down;
    [ComponentName(Name = "src_first")] private readonly ConvBlock _depthFirst;
    [ComponentName(Name = "src_down_blocks")] private readonly ModuleList<DownBlock> _depthDown;
    [ComponentName(Name = "AttnModule")] private readonly DepthAttention _attention;
    [ComponentName(Name = "bottleneck")] private readonly ModuleList<ResidualBlock>? _bottleneck;
    [ComponentName(Name = "up")] private readonly ModuleList<UpBlock>? _up;
    [ComponentName(Name = "final")] private readonly Conv2d? _final;
    [ComponentName(Name = "decoder")] private readonly MovedSourceDecoder? _decoder;
    private readonly bool _alignCorners;

    /// <summary>Builds the generator.</summary>
    /// <param name="config">Sizes, validated.</param>
    public DepthAwareGenerator(DepthAwareConfig config) : base(nameof(DepthAwareGenerator))
    {
        var sizes = config.FirstOrder;
        int bottom = sizes.DownBlocks;
        long Width(int level) => (long)sizes.BaseChannels << level;
        ModuleList<DownBlock> Halvings()
        {
            var blocks = new ModuleList<DownBlock>();
            for (int i = 0; i < bottom; i++)
                blocks.Add(new DownBlock(Width(i), Width(i + 1)));
            return blocks;
        }

        _alignCorners = sizes.AlignCorners;
        _motion = new FirstOrderMotion(sizes);
        (_first, _down) = (new ConvBlock(3, Width(0), OuterKernel), Halvings());
        (_depthFirst, _depthDown) = (new ConvBlock(1, Width(0), OuterKernel), Halvings());
        _attention = new DepthAttention(Width(bottom));
        if (config.Modulated)
        {
            _decoder = new MovedSourceDecoder(config);
        }
        else
        {
            (_bottleneck, _up) = (new ModuleList<ResidualBlock>(), new ModuleList<UpBlock>());
            for (int i = 0; i < sizes.BottleneckBlocks; i++)
                _bottleneck.Add(new ResidualBlock(Width(bottom)));
            for (int i = bottom; i > 0; i--)
                _up.Add(new UpBlock(Width(i), Width(i - 1)));
            _final = nn.Conv2d(Width(0), 3, OuterKernel, padding: OuterKernel / 2);
        }
        RegisterComponents();
    }

    /// <summary>Finds the motion.</summary>
    public FirstOrderMotion Motion => _motion;

    /// <summary>Lets the depth look at moved features.</summary>
    public DepthAttention Attention => _attention;

    /// <summary>Encodes source frames.</summary>
    /// <param name="source">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>[N, C, h, w].</returns>
    public Tensor Encode(Tensor source) => Through(_first, _down, source);

    /// <summary>Encodes the depth of source frames.</summary>
    /// <param name="disparity">[N, 1, H, W] in (0, 1).</param>
    /// <returns>[N, C, h, w].</returns>
    public Tensor EncodeDepth(Tensor disparity) => Through(_depthFirst, _depthDown, disparity);

    /// <summary>Moves features, or frames.</summary>
    /// <param name="features">[N, C, h, w].</param>
    /// <param name="deformation">[N, h', w', 2].</param>
    public Tensor Move(Tensor features, Tensor deformation) => EdgeResize.Warp(features, deformation, _alignCorners);

    /// <summary>Moves features, or frames, and hides what is occluded.</summary>
    /// <param name="features">[N, C, h, w].</param>
    /// <param name="motion">Motion from driving pixels to source positions.</param>
    public Tensor Show(Tensor features, MotionField motion) => EdgeResize.Show(features, motion, _alignCorners);

    /// <summary>Moves features, hides what is occluded, and lets the depth look at the rest.</summary>
    /// <param name="encoded">Of <see cref="Encode"/>.</param>
    /// <param name="depth">Of <see cref="EncodeDepth"/>.</param>
    /// <param name="motion">Motion from driving pixels to source positions.</param>
    /// <returns>[N, C, h, w].</returns>
    public Tensor Attend(Tensor encoded, Tensor depth, MotionField motion)
    {
        using var scope = NewDisposeScope();
        return _attention.call(depth, Show(encoded, motion)).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes features.</summary>
    /// <param name="attended">Of <see cref="Attend"/>.</param>
    /// <param name="source">Source frames [N, 3, H, W], which the modulated decoder sees as <see cref="Show"/> gives them.</param>
    /// <param name="motion">Their motion.</param>
    /// <returns>[N, 3, H, W], RGB in (0, 1).</returns>
    public Tensor Decode(Tensor attended, Tensor source, MotionField motion)
    {
        using var scope = NewDisposeScope();
        if (_decoder is not null) return _decoder.call(attended, Show(source, motion)).sigmoid().MoveToOuterDisposeScope();
        var features = attended;
        foreach (var block in _bottleneck!)
            features = block.call(features);
        foreach (var block in _up!)
            features = block.call(features);
        return _final!.call(features).sigmoid().MoveToOuterDisposeScope();
    }

    private static Tensor Through(ConvBlock first, ModuleList<DownBlock> down, Tensor input)
    {
        using var scope = NewDisposeScope();
        return down.Aggregate(first.call(input), (features, block) => block.call(features)).MoveToOuterDisposeScope();
    }
}
