using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using PECHead.Research.Perception;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>One-Shot Free-View: canonical keypoints in space, placed by the angles, the translation and the expression of a head, move a volume of features.</summary>
/// <remarks><b>Paper:</b> Wang et al., One-Shot Free-View Neural Talking-Head Synthesis for Video Conferencing, CVPR 2021.</remarks>
internal sealed class FreeViewModel : FrameDrivenModel<FreeViewSource, SpatialKeypoints>, IEditableHead
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
    public IReadOnlyList<MotionSlider> Sliders => [];

    /// <inheritdoc/>
    /// <remarks>
    /// <b>Paper:</b> Sec. 3.2, free view. The model counts angles in axes to the right, down and away from the camera: there a nose that turns to the right has a negative
    /// yaw, and a head that turns counter-clockwise a negative roll.
    /// </remarks>
    public MotionState Edit(
        SourceState source, (double Yaw, double Pitch, double Roll) angles, bool frontalized, IReadOnlyDictionary<string, double> values, FaceOpenness? openness = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var own = Own<FreeViewSource>(source, nameof(source));
        foreach (var (name, value) in values) _ = MotionSlider.Find(Sliders, name, value);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var turn = tensor(new[] { -angles.Yaw, angles.Pitch, -angles.Roll }, dtype: own.Head.Degrees.dtype, device: own.Head.Degrees.device).unsqueeze(0);
        return (own.Head with { Degrees = frontalized ? turn.expand_as(own.Head.Degrees) : own.Head.Degrees + turn }).Place(own.Canonical).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public MotionState TakeExpression(SourceState source, FaceFrame driving)
    {
        var own = Own<FreeViewSource>(source, nameof(source));
        ArgumentNullException.ThrowIfNull(driving);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return (own.Head with { Expression = _heads.call(driving.Image).Expression }).Place(own.Canonical).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override FreeViewSource Encode(FaceFrame source)
    {
        var (volume, canonical, head) = (_generator.Encode(source.Image), _detector.call(source.Image), _heads.call(source.Image));
        return new FreeViewSource(source, volume, _generator.Motion.Compress(volume), canonical, head, head.Place(canonical));
    }

    /// <inheritdoc/>
    /// <remarks>The keypoints are those of the source; only head and expression are the driving frame's.</remarks>
    protected override SpatialKeypoints Observe(FreeViewSource source, Tensor driving) => _heads.call(driving).Place(source.Canonical);

    /// <inheritdoc/>
    protected override SpatialKeypoints Relative(FreeViewSource source, SpatialKeypoints driving, SpatialKeypoints first, bool scaled)
        => SpatialKeypoints.Relative(source.Points, driving, first, scaled);

    /// <inheritdoc/>
    /// <remarks>The motion of the frame is that of the volume, averaged over its depth.</remarks>
    protected override Generated Draw(FreeViewSource source, SpatialKeypoints motion)
    {
        var steps = _generator.Motion.Explain(source.Compressed, source.Points, motion);
        var features = _generator.Flatten(_generator.Move(source.Volume, steps.Deformation), steps.Occlusion);
        var field = new MotionField(steps.Deformation.narrow(4, 0, 2).mean([1]), steps.Occlusion, features);
        return new Generated(_generator.Decode(features).sigmoid(), field, [], source.Points.Keypoints?.Alias(), motion.Keypoints?.Alias(), null);
    }
}

/// <summary>A source of <see cref="FreeViewModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Volume">The frames as the generator encodes them, [N, C, D, h, w].</param>
/// <param name="Compressed">What the motion network sees of it.</param>
/// <param name="Canonical">Its keypoints as if it looked straight ahead, [N, K, 3].</param>
/// <param name="Head">Its head as it is.</param>
/// <param name="Points">Its keypoints as it is.</param>
internal sealed record FreeViewSource(FaceFrame Source, Tensor Volume, Tensor Compressed, Tensor Canonical, HeadReading Head, SpatialKeypoints Points) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Volume, Compressed, Canonical, .. Head.Tensors, .. Points.Tensors];
}
