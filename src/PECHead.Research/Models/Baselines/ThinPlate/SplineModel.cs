using PECHead.Research.Landmarks;
using PECHead.Research.Propagation;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Thin-Plate Spline Motion Model: ten splines bend the source frame, with a mask for every resolution of the decoder.</summary>
/// <remarks><b>Paper:</b> Zhao and Zhang, Thin-Plate Spline Motion Model for Image Animation, CVPR 2022.</remarks>
internal sealed class SplineModel : FrameDrivenModel
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

    /// <summary>Finds how the background moves; null where the model was loaded without.</summary>
    public SplineBackground? Background => _background;

    /// <inheritdoc/>
    public override SplineSource EncodeSource(FaceFrame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireFrames(source.Image, nameof(source));
        using var scope = NewDisposeScope();
        return new SplineSource(source, _inpainting.Encode(source.Image), _motion.Reduce(source.Image), _detector.call(source.Image)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override SplineKeypoints ObserveMotion(SourceState source, FaceFrame driving)
    {
        ArgumentNullException.ThrowIfNull(driving);
        RequireFrames(driving.Image, nameof(driving));
        return _detector.call(driving.Image);
    }

    /// <inheritdoc/>
    public override MotionState Transfer(MotionMode mode, SourceState source, MotionState driving, MotionState first)
    {
        var (own, target, start) = (Own<SplineSource>(source, nameof(source)).Points, Own<SplineKeypoints>(driving, nameof(driving)), Own<SplineKeypoints>(first, nameof(first)));
        return mode switch
        {
            MotionMode.Absolute => target,
            MotionMode.Relative => SplineKeypoints.Relative(own, target, start, scaled: true),
            MotionMode.RelativeUnscaled => SplineKeypoints.Relative(own, target, start, scaled: false),
            MotionMode.Disentangled when _disentangling is { } network => Disentangle(network, own, target),
            _ => throw new ArgumentException($"This model cannot take '{mode}' from a video.", nameof(mode)),
        };
    }

    /// <inheritdoc/>
    public override Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        var (own, target) = (Own<SplineSource>(source, nameof(source)), Own<SplineKeypoints>(motion, nameof(motion)));
        using var scope = NewDisposeScope();
        var (steps, occlusions) = _motion.Explain(own.Reduced, own.Points, target, background: null);
        var moved = InpaintingNetwork.Move(own.Levels, steps.Motion.Deformation, occlusions);
        var made = _inpainting.Decode(own.Frame, moved, steps.Motion.Deformation, occlusions[^1]);
        return new Generated(made.Image, steps.Motion with { Occlusion = occlusions[^1] }, [], own.Points.Keypoints?.Alias(), target.Keypoints?.Alias(), null)
            .MoveToOuterDisposeScope();
    }

    private static SplineKeypoints Disentangle(DisentanglingNetwork network, SplineKeypoints source, SplineKeypoints driving)
    {
        using var scope = NewDisposeScope();
        return new SplineKeypoints(network.call(source.Positions.flatten(1), driving.Positions.flatten(1)).reshape(source.Positions.shape)).MoveToOuterDisposeScope();
    }
}
