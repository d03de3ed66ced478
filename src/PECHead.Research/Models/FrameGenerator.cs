using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>
/// Encodes source frames into features, refines features that were aligned to a driving frame, and decodes them into the
/// generated frame.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: the generator G with two down and two up residual blocks. <b>Choice:</b> the refinement between
/// them are the residual blocks of First Order Motion Model's bottleneck; they are FR of Eq. 4 where context is propagated.
/// </remarks>
internal sealed class FrameGenerator : nn.Module
{
    private const int OuterKernel = 7;
    private const int PixelsAtOnce = 4;

    [ComponentName(Name = "first")] private readonly ConvBlock _first;
    [ComponentName(Name = "down")] private readonly ModuleList<ResampledResidualBlock> _down;
    [ComponentName(Name = "bottleneck")] private readonly ModuleList<ResidualBlock> _bottleneck;
    [ComponentName(Name = "up")] private readonly ModuleList<ResampledResidualBlock> _up;
    [ComponentName(Name = "final")] private readonly RowConv2d _final;
    private readonly bool _alignCorners;
    private readonly Func<Tensor, Tensor, MotionField, Tensor> _compose;

    /// <summary>Builds the generator.</summary>
    /// <param name="config">Sizes, validated.</param>
    public FrameGenerator(FrameGeneratorConfig config) : base(nameof(FrameGenerator))
    {
        long Width(int level) => (long)config.BaseChannels << level;

        _first = new ConvBlock(3, Width(0), OuterKernel);
        _down = new ModuleList<ResampledResidualBlock>();
        _bottleneck = new ModuleList<ResidualBlock>();
        _up = new ModuleList<ResampledResidualBlock>();
        for (int i = 0; i < config.DownBlocks; i++)
            _down.Add(new ResampledResidualBlock(Width(i), Width(i + 1), Resampling.HalvedAfter));
        for (int i = 0; i < config.BottleneckBlocks; i++)
            _bottleneck.Add(new ResidualBlock(Width(config.DownBlocks)));
        for (int i = config.DownBlocks; i > 0; i--)
            _up.Add(new ResampledResidualBlock(Width(i), Width(i - 1), Resampling.DoubledBefore));
        var outputs = config.Composition == OutputComposition.Blended ? 4 : 3;
        // A generator of residuals begins with none: its output is the warped source.
        _final = new RowConv2d(Width(0), outputs, OuterKernel, PixelsAtOnce, startsAtZero: config.Composition == OutputComposition.Residual);
        _alignCorners = config.AlignCorners;
        _compose = config.Composition switch
        {
            OutputComposition.Decoded => (logits, _, _) => logits.sigmoid(),
            OutputComposition.Residual => AddToWarpedSource,
            OutputComposition.Blended => BlendWithWarpedSource,
            var other => throw new ArgumentOutOfRangeException(nameof(config), other, "no such composition"),
        };
        RegisterComponents();
    }

    /// <summary>Encodes source frames: needed once per source.</summary>
    /// <param name="source">Frames [N, 3, H, W], RGB in [0, 1]; sides divisible by 2^down blocks.</param>
    /// <returns>Features [N, C, h, w].</returns>
    public Tensor Encode(Tensor source)
    {
        using var scope = NewDisposeScope();
        var features = _first.call(source);
        foreach (var block in _down)
            features = block.call(features);
        return features.MoveToOuterDisposeScope();
    }

    /// <summary>Refines features before they are decoded.</summary>
    /// <param name="features">Aligned features [N, C, h, w].</param>
    /// <returns>f^c: features of the same shape.</returns>
    public Tensor Refine(Tensor features)
    {
        using var scope = NewDisposeScope();
        return _bottleneck.Aggregate(features.alias(), (current, block) => block.call(current)).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes refined features.</summary>
    /// <param name="refined">Features [N, C, h, w] of <see cref="Refine"/>.</param>
    /// <param name="source">Source frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="motion">Motion from driving pixels to source positions.</param>
    /// <returns>Frames [N, 3, H, W], RGB in (0, 1), at least float32.</returns>
    public Tensor Decode(Tensor refined, Tensor source, MotionField motion)
    {
        using var scope = NewDisposeScope();
        var features = refined;
        foreach (var block in _up)
            features = block.call(features);
        var logits = _final.call(features);
        var type = logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        return _compose(logits.to(type), source, motion).MoveToOuterDisposeScope();
    }

    // At the start, when the mask's logits are near 0, most of a visible pixel is the source's.
    private Tensor BlendWithWarpedSource(Tensor logits, Tensor source, MotionField motion)
    {
        const double FirstTrust = 2;
        var (warped, visible) = (Warped(source, motion), Warping.ResizeMap(motion.Occlusion, source.size(2), source.size(3)));
        var trust = visible * (logits.narrow(1, 3, 1) + FirstTrust).sigmoid();
        var decoded = logits.narrow(1, 0, 3).sigmoid();
        return decoded + trust * (warped - decoded);
    }

    private Tensor Warped(Tensor source, MotionField motion)
        => Warping.Sample(source, Warping.ResizeDeformation(motion.Deformation, source.size(2), source.size(3)), _alignCorners, GridSamplePaddingMode.Border);

    // Black and white have no finite logit; a fiftieth inside of them leaves the residual something to work on.
    private Tensor AddToWarpedSource(Tensor logits, Tensor source, MotionField motion)
    {
        const double Margin = 0.02;
        var warped = Warped(source, motion).clamp(Margin, 1 - Margin);
        var visible = Warping.ResizeMap(motion.Occlusion, source.size(2), source.size(3));
        return (logits + visible * (warped / (1 - warped)).log()).sigmoid();
    }
}
