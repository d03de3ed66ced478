using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Thin-Plate Spline Motion Model: ten splines bend the source frame, with a mask for every resolution of the decoder.</summary>
/// <remarks><b>Paper:</b> Zhao and Zhang, Thin-Plate Spline Motion Model for Image Animation, CVPR 2022.</remarks>
internal sealed class SplineModel : FrameDrivenModel<SplineSource, SplineKeypoints>, IDisentangledMotion
{
    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "tpsmm", "Thin-Plate Spline Motion Model", ("dense_motion_network", "maps.weight"), ["kp_detector", "dense_motion_network", "inpainting_network"],
        [DisentanglingNetwork.Part], [SplineBackground.Part], SplineConfig.Of, config => new SplineModel(config));

    [ComponentName(Name = "kp_detector")] private readonly SplineDetector _detector;
    [ComponentName(Name = "dense_motion_network")] private readonly SplineMotion _motion;
    [ComponentName(Name = "inpainting_network")] private readonly InpaintingNetwork _inpainting;
    [ComponentName(Name = DisentanglingNetwork.Part)] private readonly DisentanglingNetwork? _disentangling;
    [ComponentName(Name = SplineBackground.Part)] private readonly SplineBackground? _background;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public SplineModel(SplineConfig config) : base(nameof(SplineModel))
    {
        config.Validate();
        Config = config;
        _detector = new SplineDetector(config);
        _motion = new SplineMotion(config);
        _inpainting = new InpaintingNetwork(config);
        if (config.Disentangles) _disentangling = new DisentanglingNetwork(2L * config.PointCount, config.HiddenSize, config.CodeSize);
        if (config.HasBackground) _background = new SplineBackground(config);
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public SplineConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <summary>What the method can take from a driving video, the default first.</summary>
    public static IReadOnlyList<MotionMode> AllModes { get; } = [MotionMode.Relative, MotionMode.RelativeUnscaled, MotionMode.Absolute, MotionMode.Disentangled];

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => _disentangling is null ? [.. AllModes.SkipLast(1)] : AllModes;

    /// <summary>Finds points.</summary>
    public SplineDetector Detector => _detector;

    /// <summary>Finds the motion.</summary>
    public SplineMotion Motion => _motion;

    /// <summary>Makes frames.</summary>
    public InpaintingNetwork Inpainting => _inpainting;

    /// <inheritdoc/>
    public DisentanglingNetwork? Disentangling => _disentangling;

    /// <summary>Finds how the background moves; null where the model was loaded without.</summary>
    public SplineBackground? Background => _background;

    /// <inheritdoc/>
    protected override SplineSource Encode(FaceFrame source)
        => new(source, _inpainting.Encode(source.Image), _motion.Reduce(source.Image), _detector.call(source.Image));

    /// <inheritdoc/>
    /// <remarks>As published, a driving frame of the source's own video also moves the background, where there is a network for it.</remarks>
    protected override SplineKeypoints Observe(SplineSource source, Tensor driving) => _detector.call(driving) with { Background = _background?.call(source.Frame, driving) };

    /// <inheritdoc/>
    /// <remarks>As published, the background stays where another video animates a source.</remarks>
    protected override SplineKeypoints Transfer(SplineSource source, SplineKeypoints driving, SplineKeypoints first, MotionMode mode)
        => mode == MotionMode.Absolute ? driving with { Background = null } : base.Transfer(source, driving, first, mode);

    /// <inheritdoc/>
    protected override SplineKeypoints Relative(SplineSource source, SplineKeypoints driving, SplineKeypoints first, bool scaled)
        => SplineKeypoints.Relative(source.Points, driving, first, scaled);

    /// <inheritdoc/>
    protected override SplineKeypoints Disentangle(SplineSource source, SplineKeypoints driving)
        => new(_disentangling!.call(source.Points.Positions.flatten(1), driving.Positions.flatten(1)).Widened().reshape(source.Points.Positions.shape));

    DisentanglingTask IDisentangledMotion.Task(Tensor source, Tensor driving, Tensor scale)
    {
        using var scope = NewDisposeScope();
        var (own, seen) = (_detector.call(source).Positions, _detector.call(driving).Positions);
        return new DisentanglingTask(own.flatten(1), (seen * scale).flatten(1), seen.flatten(1), [2]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Generated Draw(SplineSource source, SplineKeypoints motion)
    {
        var (steps, occlusions) = _motion.Explain(source.Reduced, source.Points, motion, motion.Background);
        var moved = InpaintingNetwork.Move(source.Levels, steps.Motion.Deformation, occlusions);
        var made = _inpainting.Decode(source.Frame, moved, steps.Motion.Deformation, occlusions[^1]);
        return new Generated(made.Image, steps.Motion with { Occlusion = occlusions[^1] }, [], source.Points.Keypoints?.Alias(), motion.Keypoints?.Alias(), null);
    }
}
