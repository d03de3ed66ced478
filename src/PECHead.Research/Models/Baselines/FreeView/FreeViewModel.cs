using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>One-Shot Free-View: canonical keypoints in space, placed by the angles, the translation and the expression of a head, move a volume of features.</summary>
/// <remarks><b>Paper:</b> Wang et al., One-Shot Free-View Neural Talking-Head Synthesis for Video Conferencing, CVPR 2021.</remarks>
internal sealed class FreeViewModel : FrameDrivenModel
{
    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "osfv", "One-Shot Free-View", ("he_estimator", "fc_exp.weight"), ["generator", "kp_detector", "he_estimator"], [], [],
        (parts, _) => FreeViewConfig.Of(parts), config => new FreeViewModel(config));

    [ComponentName(Name = "kp_detector")] private readonly CanonicalDetector _detector;
    [ComponentName(Name = "he_estimator")] private readonly HeadEstimator _heads;
    [ComponentName(Name = "generator")] private readonly FreeViewGenerator _generator;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public FreeViewModel(FreeViewConfig config) : base(nameof(FreeViewModel))
    {
        config.Validate();
        Config = config;
        _detector = new CanonicalDetector(config);
        _heads = new HeadEstimator(config);
        _generator = new FreeViewGenerator(config);
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public FreeViewConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <summary>What the method can take from a driving video, the default first.</summary>
    public static IReadOnlyList<MotionMode> AllModes { get; } = [MotionMode.Relative, MotionMode.RelativeUnscaled, MotionMode.Absolute];

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => AllModes;

    /// <summary>Finds canonical keypoints.</summary>
    public CanonicalDetector Detector => _detector;

    /// <summary>Reads heads.</summary>
    public HeadEstimator Heads => _heads;

    /// <summary>Makes frames.</summary>
    public FreeViewGenerator Generator => _generator;

    /// <inheritdoc/>
    public override FreeViewSource EncodeSource(FaceFrame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireFrames(source.Image, nameof(source));
        using var scope = NewDisposeScope();
        var (volume, canonical) = (_generator.Encode(source.Image), _detector.call(source.Image));
        return new FreeViewSource(source, volume, _generator.Motion.Compress(volume), canonical, _heads.call(source.Image).Place(canonical)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>The keypoints are those of the source; only head and expression are the driving frame's.</remarks>
    public override SpatialKeypoints ObserveMotion(SourceState source, FaceFrame driving)
    {
        var own = Own<FreeViewSource>(source, nameof(source));
        ArgumentNullException.ThrowIfNull(driving);
        RequireFrames(driving.Image, nameof(driving));
        using var scope = NewDisposeScope();
        return _heads.call(driving.Image).Place(own.Canonical).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override MotionState Transfer(MotionMode mode, SourceState source, MotionState driving, MotionState first)
    {
        var (own, target, start) = (Own<FreeViewSource>(source, nameof(source)).Points, Own<SpatialKeypoints>(driving, nameof(driving)), Own<SpatialKeypoints>(first, nameof(first)));
        return mode switch
        {
            MotionMode.Absolute => target,
            MotionMode.Relative => SpatialKeypoints.Relative(own, target, start, scaled: true),
            MotionMode.RelativeUnscaled => SpatialKeypoints.Relative(own, target, start, scaled: false),
            _ => throw new ArgumentException($"This model cannot take '{mode}' from a video.", nameof(mode)),
        };
    }

    /// <inheritdoc/>
    /// <remarks>The motion of the frame is that of the volume, averaged over its depth.</remarks>
    public override Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        var (own, target) = (Own<FreeViewSource>(source, nameof(source)), Own<SpatialKeypoints>(motion, nameof(motion)));
        using var scope = NewDisposeScope();
        var steps = _generator.Motion.Explain(own.Compressed, own.Points, target);
        var features = _generator.Flatten(_generator.Move(own.Volume, steps.Deformation), steps.Occlusion);
        var field = new MotionField(steps.Deformation.narrow(4, 0, 2).mean([1]), steps.Occlusion, features);
        return new Generated(_generator.Decode(features).sigmoid(), field, [], own.Points.Keypoints?.Alias(), target.Keypoints?.Alias(), null).MoveToOuterDisposeScope();
    }
}

/// <summary>A source of <see cref="FreeViewModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Volume">The frames as the generator encodes them, [N, C, D, h, w].</param>
/// <param name="Compressed">What the motion network sees of it.</param>
/// <param name="Canonical">Its keypoints as if it looked straight ahead, [N, K, 3].</param>
/// <param name="Points">Its keypoints as it is.</param>
internal sealed record FreeViewSource(FaceFrame Source, Tensor Volume, Tensor Compressed, Tensor Canonical, SpatialKeypoints Points) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Volume, Compressed, Canonical, .. Points.Tensors];
}
