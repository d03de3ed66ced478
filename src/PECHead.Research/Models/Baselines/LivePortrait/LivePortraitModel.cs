using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Motion;
using PECHead.Research.Perception;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>LivePortrait: implicit keypoints in space move a volume of features, and small networks keep seams and openings; the frame is twice as large as the source.</summary>
/// <remarks><b>Paper:</b> Guo et al., LivePortrait: Efficient Portrait Animation with Stitching and Retargeting Control, 2024.</remarks>
internal sealed partial class LivePortraitModel : FrameDrivenModel<LivePortraitSource, ImplicitMotion>, IEditableHead, IControlledMotion
{
    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "liveportrait", "LivePortrait", ("motion_extractor", "detector.fc_kp.weight"),
        ["appearance_feature_extractor", "motion_extractor", "warping_module", "spade_generator", "stitching", "eye", "lip"], [], [],
        (parts, _) => LivePortraitConfig.Of(parts), config => new LivePortraitModel(config)) with
    {
        Files =
        [
            new("appearance_feature_extractor.pth", "", "appearance_feature_extractor"), new("motion_extractor.pth", "", "motion_extractor"),
            new("warping_module.pth", "", "warping_module"), new("spade_generator.pth", "", "spade_generator"),
            new("stitching_retargeting_module.pth", "retarget_shoulder", "stitching"), new("stitching_retargeting_module.pth", "retarget_eye", "eye"),
            new("stitching_retargeting_module.pth", "retarget_mouth", "lip"),
        ],
    };

    [ComponentName(Name = "appearance_feature_extractor")] private readonly AppearanceExtractor _appearance;
    [ComponentName(Name = "motion_extractor")] private readonly MotionExtractor _heads;
    [ComponentName(Name = "warping_module")] private readonly WarpingModule _warping;
    [ComponentName(Name = "spade_generator")] private readonly ModulatedDecoder _decoder;
    [ComponentName(Name = "stitching")] private readonly PointShift _stitching;
    [ComponentName(Name = "eye")] private readonly PointShift _eyes;
    [ComponentName(Name = "lip")] private readonly PointShift _lips;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public LivePortraitModel(LivePortraitConfig config) : base(nameof(LivePortraitModel))
    {
        config.Validate();
        Config = config;
        _appearance = new AppearanceExtractor(config);
        _heads = new MotionExtractor(config);
        _warping = new WarpingModule(config);
        _decoder = new ModulatedDecoder(config.Volume(), LivePortraitConfig.Enlargement);
        (_stitching, _eyes, _lips) = (PointShift.Stitching(), PointShift.Eyes(), PointShift.Lips());
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public LivePortraitConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <inheritdoc/>
    public override int OutputSize => LivePortraitConfig.Enlargement * Config.ImageSize;

    /// <inheritdoc/>
    /// <remarks>
    /// <b>Choice:</b> the authors' square has 2.3 times the longer side of the face, and stands 0.125 of itself higher. This is it for a face that is as wide as
    /// it is high. It is not turned with the head.
    /// </remarks>
    public override HeadMargins Margins { get; } = new() { Above = 0.94, Below = 0.36, Beside = 0.65 };

    /// <summary>What the method can take from a driving video, the default first.</summary>
    public static IReadOnlyList<MotionMode> AllModes { get; } = [MotionMode.Relative, MotionMode.Absolute, MotionMode.FromNeutral];

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => AllModes;

    /// <summary>Encodes sources.</summary>
    public AppearanceExtractor Appearance => _appearance;

    /// <summary>Reads heads.</summary>
    public MotionExtractor Heads => _heads;

    /// <summary>Moves volumes.</summary>
    public WarpingModule WarpingNetwork => _warping;

    /// <summary>Makes frames.</summary>
    public ModulatedDecoder Decoder => _decoder;

    /// <summary>Keeps shoulders where they are.</summary>
    public PointShift Stitching => _stitching;

    /// <summary>Opens and closes eyes.</summary>
    public PointShift Eyes => _eyes;

    /// <summary>Opens and closes lips.</summary>
    public PointShift Lips => _lips;

    /// <summary>Decodes features.</summary>
    /// <param name="features">Of <see cref="WarpingModule.Flatten"/>.</param>
    /// <returns>[N, 3, 2H, 2W], RGB in (0, 1).</returns>
    public Tensor Decode(Tensor features)
    {
        using var scope = NewDisposeScope();
        return _decoder.call(features).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>A motion whose points keep the seam between the head and the rest of the picture.</summary>
    /// <param name="source">Points of the source, [N, K, 3].</param>
    /// <param name="motion">The motion.</param>
    public ImplicitMotion Stitched(Tensor source, ImplicitMotion motion)
    {
        using var scope = NewDisposeScope();
        return (motion with { Shift = motion.Shift + _stitching.Of(source, motion.Points()) }).Aliased().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override bool SeparatesPose => true;

    /// <inheritdoc/>
    public IReadOnlyList<MotionSlider> Sliders => FaceSliders.List;

    /// <inheritdoc/>
    /// <remarks>The seam is stitched, as it is for a driven head.</remarks>
    public MotionState Edit(
        SourceState source, (double Yaw, double Pitch, double Roll) angles, bool frontalized, IReadOnlyDictionary<string, double> values, FaceOpenness? openness = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var own = Own<LivePortraitSource>(source, nameof(source));
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var turn = tensor(new[] { angles.Pitch, angles.Yaw, angles.Roll }, dtype: own.Degrees.dtype, device: own.Degrees.device).unsqueeze(0);
        var turned = own.Own with { Rotation = ImplicitHead.Rotation(frontalized ? turn.expand_as(own.Degrees) : own.Degrees + turn) };
        var (points, edited) = (own.Own.Points(), FaceSliders.Apply(turned, values));
        if (values.TryGetValue(FaceSliders.EyesOpen, out var eyes) && Seen(openness, FaceSliders.EyesOpen) is var seenEyes)
            edited = edited with { Shift = edited.Shift + _eyes.Of(points, Ratios(points, seenEyes.LeftEye, seenEyes.RightEye, eyes)) };
        if (values.TryGetValue(FaceSliders.LipsOpen, out var lips) && Seen(openness, FaceSliders.LipsOpen) is var seenLips)
            edited = edited with { Shift = edited.Shift + _lips.Of(points, Ratios(points, seenLips.Lips, lips)) };
        return Stitched(points, edited).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>The seam is stitched.</remarks>
    public MotionState TakeExpression(SourceState source, FaceFrame driving)
    {
        var own = Own<LivePortraitSource>(source, nameof(source)).Own;
        using var scope = NewDisposeScope();
        return Stitched(own.Points(), own with { Expression = ObserveMotion(source, driving).Expression }).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override LivePortraitSource Encode(FaceFrame source)
    {
        var (volume, head) = (_appearance.call(source.Image), _heads.call(source.Image));
        return new LivePortraitSource(source, volume, _warping.Motion.Compress(volume), head.Degrees(), head.Motion());
    }

    /// <inheritdoc/>
    /// <remarks>The keypoints are those of the source; the rest is the driving frame's.</remarks>
    protected override ImplicitMotion Observe(LivePortraitSource source, Tensor driving) => _heads.call(driving).Motion(source.Own.Canonical.expand(driving.size(0), -1, -1));

    /// <inheritdoc/>
    protected override ImplicitMotion Relative(LivePortraitSource source, ImplicitMotion driving, ImplicitMotion first, bool scaled)
        => Transfer(source, driving, first, MotionMode.Relative);

    /// <inheritdoc/>
    protected override ImplicitMotion Transfer(LivePortraitSource source, ImplicitMotion driving, ImplicitMotion first, MotionMode mode)
        => Follow(new AskedMotion(mode, MotionControls.Standard), source, driving, first, default);

    /// <inheritdoc/>
    /// <remarks>The motion of the frame is that of the volume, averaged over its depth.</remarks>
    protected override Generated Draw(LivePortraitSource source, ImplicitMotion motion)
    {
        SpatialKeypoints from = new(source.Own.Points()), to = new(motion.Points());
        var steps = _warping.Motion.Explain(source.Compressed, from, to);
        var features = _warping.Flatten(_warping.Move(source.Volume, steps.Deformation), steps.Occlusion);
        var field = new MotionField(steps.Deformation.narrow(4, 0, 2).mean([1]), steps.Occlusion, features);
        return new Generated(Decode(features), field, [], from.Keypoints?.Alias(), to.Keypoints?.Alias(), null);
    }
}

/// <summary>A source of <see cref="LivePortraitModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Volume">The frames as the appearance network encodes them, [N, C, D, h, w].</param>
/// <param name="Compressed">What the motion network sees of it.</param>
/// <param name="Degrees">Pitch, yaw and roll of its head, [N, 3].</param>
/// <param name="Own">Its head as it is.</param>
internal sealed record LivePortraitSource(FaceFrame Source, Tensor Volume, Tensor Compressed, Tensor Degrees, ImplicitMotion Own) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Volume, Compressed, Degrees, .. Own.Tensors];
}
