using PECHead.Research.Landmarks;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Multi-scale compensatory codebooks: what a keypoint motion and a moved source lack is looked up in learned codes of motion and of appearance.</summary>
/// <remarks>
/// <b>Paper:</b> Zhao et al., Synergizing Motion and Appearance: Multi-Scale Compensatory Codebooks for Talking Head Video Generation, CVPR 2025. The first
/// motion is First Order Motion Model's.
/// </remarks>
internal sealed class CodebookModel : FrameDrivenModel<CodebookSource, AffineKeypoints>, ICompensatedModel
{
    private const double HeatmapVariance = 0.01;

    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "codebook", "Synergizing Motion and Appearance", (CompensationNetwork.Part, "quantize_motion.embedding.weight"), [CompensationNetwork.Part, MotionEstimator.Part],
        [], [CodebookDiscriminator.Part], CodebookConfig.Of, config => new CodebookModel(config)) with
    {
        Translate = CodebookNames.Translate,
        Files =
        [
            new("net_g*.pth", "params_ema", CompensationNetwork.Part), new("net_motion_estimator*.pth", "params", MotionEstimator.Part),
            new("net_d*.pth", "params", CodebookDiscriminator.Part) { IsOptional = true },
        ],
    };

    [ComponentName(Name = CompensationNetwork.Part)] private readonly CompensationNetwork _network;
    [ComponentName(Name = MotionEstimator.Part)] private readonly MotionEstimator _estimator;
    [ComponentName(Name = CodebookDiscriminator.Part)] private readonly CodebookDiscriminator? _discriminator;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public CodebookModel(CodebookConfig config) : base(nameof(CodebookModel))
    {
        config.Validate();
        Config = config;
        (_network, _estimator) = (new CompensationNetwork(config), new MotionEstimator(config));
        if (config.HasDiscriminator) _discriminator = new CodebookDiscriminator(config.BaseChannels);
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public CodebookConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => FirstOrderModel.FrameModes;

    /// <summary>Compensates and makes frames.</summary>
    public CompensationNetwork Network => _network;

    /// <summary>Finds points and their motion.</summary>
    public MotionEstimator Estimator => _estimator;

    /// <summary>Judges frames; null where the model was loaded without.</summary>
    public CodebookDiscriminator? Discriminator => _discriminator;

    /// <inheritdoc/>
    protected override CodebookSource Encode(FaceFrame source)
    {
        var frames = Signed(source.Image);
        return new CodebookSource(source, _network.Encode(frames), _estimator.Detector.call(frames));
    }

    /// <inheritdoc/>
    protected override AffineKeypoints Observe(CodebookSource source, Tensor driving) => _estimator.Detector.call(Signed(driving));

    /// <inheritdoc/>
    protected override AffineKeypoints Relative(CodebookSource source, AffineKeypoints driving, AffineKeypoints first, bool scaled)
        => AffineKeypoints.Relative(source.Points, driving, first, scaled ? AffineKeypoints.RelativeSize(source.Points, first) : null);

    /// <inheritdoc/>
    protected override Generated Draw(CodebookSource source, AffineKeypoints motion) => Draw(source, motion, Compensation.All);

    /// <inheritdoc/>
    public Generated Generate(SourceState source, MotionState motion, Compensation parts)
    {
        var (own, target) = (Own<CodebookSource>(source, nameof(source)), Own<AffineKeypoints>(motion, nameof(motion)));
        using var scope = NewDisposeScope();
        return Draw(own, target, parts).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<CodeUse> Codes(SourceState source, MotionState motion)
    {
        var (own, target) = (Own<CodebookSource>(source, nameof(source)), Own<AffineKeypoints>(motion, nameof(motion)));
        using var scope = NewDisposeScope();
        long side = Config.TokenSide;
        Tensor Map(CodeRetrieval retrieval, IReadOnlyList<Tensor> steps, int scale) => retrieval.Favourites(steps, scale).reshape(-1, side, side);
        return [.. Explain(own, target).Scales.Select((made, scale) => new CodeUse(
            Config.TokenSide << scale, (int)_network.Motion.Retrieval.Codes(scale).size(0), Map(_network.Motion.Retrieval, made.Motion!.Retrieved, scale),
            Map(_network.Appearance.Retrieval, made.Appearance.Retrieved, scale)).MoveToOuterDisposeScope())];
    }

    private Generated Draw(CodebookSource source, AffineKeypoints motion, Compensation parts)
    {
        var (field, scales) = Explain(source, motion, parts);
        var image = (_network.Decode([.. scales.Select(scale => scale.Appearance.Features)]) + 1) / 2;
        if (scales[^1].Motion is { } refined) field = field with { Deformation = refined.Deformation, Occlusion = refined.Occlusion };
        return new Generated(image.clamp(0, 1), field, [], source.Points.Keypoints?.Alias(), motion.Keypoints?.Alias(), null);
    }

    /// <summary>The motion that the points give, and what the codebooks make of it and of the features it moves.</summary>
    /// <param name="source">The source.</param>
    /// <param name="motion">The points that it is to take.</param>
    /// <param name="parts">What is compensated.</param>
    public (MotionField Field, IReadOnlyList<CompensatedScale> Scales) Explain(CodebookSource source, AffineKeypoints motion, Compensation parts = Compensation.All)
    {
        using var scope = NewDisposeScope();
        var field = _estimator.Motion.call(Signed(source.Frame), source.Points, motion);
        var scales = _network.Compensate(source.Levels, field, Heatmaps(motion, field), parts);
        return (field.MoveToOuterDisposeScope(), [.. scales.Select(scale => scale.MoveToOuterDisposeScope())]);
    }

    /// <summary>Bumps of the points that a source is to take, at the resolution of the motion.</summary>
    /// <param name="motion">The points.</param>
    /// <param name="field">Their motion.</param>
    /// <returns>[N, K, h, w].</returns>
    public static Tensor Heatmaps(AffineKeypoints motion, MotionField field)
        => GaussianHeatmap.Render(new Keypoints(motion.Positions), field.Deformation.size(1), field.Deformation.size(2), HeatmapVariance);

    private static Tensor Signed(Tensor frames) => (2 * frames) - 1;
}

/// <summary>A source of <see cref="CodebookModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Levels">The frames as the encoder sees them at each scale, the smallest first.</param>
/// <param name="Points">Their keypoints.</param>
internal sealed record CodebookSource(FaceFrame Source, IReadOnlyList<Tensor> Levels, AffineKeypoints Points) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Levels, .. Points.Tensors];
}
