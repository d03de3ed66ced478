using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>Articulated Animation: regions with principal axes move the source frame; the background moves on its own.</summary>
/// <remarks>
/// <b>Paper:</b> Siarohin et al., Motion Representations for Articulated Animation, CVPR 2021. <b>Deviation:</b> a region without extent
/// and two equal axes have finite motions and gradients here.
/// </remarks>
internal sealed class ArticulatedModel : FrameDrivenModel<ArticulatedSource, Regions>, IDisentangledMotion
{
    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "mraa", "Articulated Animation", ("generator", "pixelwise_flow_predictor.mask.weight"), ["generator", "region_predictor"], [DisentanglingNetwork.Part],
        [BackgroundPredictor.Part], ArticulatedConfig.Of, config => new ArticulatedModel(config));

    [ComponentName(Name = "region_predictor")] private readonly RegionPredictor _regions;
    [ComponentName(Name = "generator")] private readonly ArticulatedGenerator _generator;
    [ComponentName(Name = DisentanglingNetwork.Part)] private readonly DisentanglingNetwork? _disentangling;
    [ComponentName(Name = BackgroundPredictor.Part)] private readonly BackgroundPredictor? _background;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public ArticulatedModel(ArticulatedConfig config) : base(nameof(ArticulatedModel))
    {
        config.Validate();
        Config = config;
        _regions = new RegionPredictor(config);
        _generator = new ArticulatedGenerator(config);
        if (config.Disentangles) _disentangling = new DisentanglingNetwork(6L * config.RegionCount, config.HiddenSize, config.CodeSize);
        if (config.HasBackground) _background = new BackgroundPredictor(config);
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public ArticulatedConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <summary>What the method can take from a driving video, the default first.</summary>
    public static IReadOnlyList<MotionMode> AllModes { get; } = [MotionMode.Relative, MotionMode.RelativeUnscaled, MotionMode.Absolute, MotionMode.Disentangled];

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => _disentangling is null ? [.. AllModes.SkipLast(1)] : AllModes;

    /// <summary>Finds regions.</summary>
    public RegionPredictor RegionPredictor => _regions;

    /// <summary>Makes frames.</summary>
    public ArticulatedGenerator Generator => _generator;

    /// <inheritdoc/>
    public DisentanglingNetwork? Disentangling => _disentangling;

    /// <summary>Finds how the background moves; null where the model was loaded without.</summary>
    public BackgroundPredictor? Background => _background;

    /// <inheritdoc/>
    protected override ArticulatedSource Encode(FaceFrame source)
        => new(source, _generator.Encode(source.Image), _generator.Flow.Reduce(source.Image), _regions.call(source.Image));

    /// <inheritdoc/>
    /// <remarks>As published, a driving frame of the source's own video also moves the background, where there is a network for it.</remarks>
    protected override Regions Observe(ArticulatedSource source, Tensor driving) => _regions.call(driving) with { Background = _background?.call(source.Frame, driving) };

    /// <inheritdoc/>
    /// <remarks>As published, the background stays where another video animates a source.</remarks>
    protected override Regions Transfer(ArticulatedSource source, Regions driving, Regions first, MotionMode mode)
        => mode == MotionMode.Absolute ? driving with { Background = null } : base.Transfer(source, driving, first, mode);

    /// <inheritdoc/>
    protected override Regions Relative(ArticulatedSource source, Regions driving, Regions first, bool scaled) => Regions.Relative(source.Regions, driving, first, scaled);

    /// <inheritdoc/>
    /// <remarks>The axes of the source point to the side of those of the driving frame.</remarks>
    protected override Regions Disentangle(ArticulatedSource source, Regions driving)
    {
        var own = source.Regions;
        var made = _disentangling!.call(own.Described(driving), driving.Described()).Widened().reshape(own.Shift.size(0), own.Shift.size(1), 6);
        var affine = made.narrow(2, 2, 4).reshape(made.size(0), made.size(1), 2, 2);
        return new Regions(made.narrow(2, 0, 2).clone(), FullPrecision.Product(affine, affine.transpose(-1, -2)), affine);
    }

    DisentanglingTask IDisentangledMotion.Task(Tensor source, Tensor driving, Tensor scale)
    {
        using var scope = NewDisposeScope();
        var (own, seen) = (_regions.call(source), _regions.call(driving));
        var scaled = new Regions(seen.Shift * scale, seen.Covariance, seen.Affine * scale.unsqueeze(-1));
        return new DisentanglingTask(own.Described(seen), scaled.Described(), seen.Described(), [2, 4]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Generated Draw(ArticulatedSource source, Regions motion)
    {
        var field = _generator.Flow.Explain(source.Reduced, source.Regions, motion, motion.Background).Motion;
        var image = _generator.Decode(source.Frame, source.Levels, field);
        return new Generated(image, field, [], source.Regions.Keypoints?.Alias(), motion.Keypoints?.Alias(), null);
    }
}
