using PECHead.Research.Landmarks;
using PECHead.Research.Perception;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Latent Image Animator: a motion is a step along learned directions in the space of codes, without any points.</summary>
/// <remarks><b>Paper:</b> Wang et al., Latent Image Animator: Learning to Animate Images via Latent Space Navigation, ICLR 2022.</remarks>
internal sealed class LatentModel : FrameDrivenModel<LatentSource, LatentMotion>, IEditableMotion
{
    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "lia", "Latent Image Animator", ("gen", "dec.direction.weight"), ["gen"], [], [], (parts, _) => LatentConfig.Of(parts), config => new LatentModel(config));

    private const double FurthestStep = 2;

    [ComponentName(Name = "gen")] private readonly LatentGenerator _generator;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public LatentModel(LatentConfig config) : base(nameof(LatentModel))
    {
        config.Validate();
        Config = config;
        _generator = new LatentGenerator(config);
        Sliders = [.. Enumerable.Range(1, config.DirectionCount).Select(i => new MotionSlider($"direction_{i}", -FurthestStep, FurthestStep, $"a step along learned direction {i}"))];
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public LatentConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <summary>What the method can take from a driving video, the default first. A code has no size that could scale it.</summary>
    public static IReadOnlyList<MotionMode> AllModes { get; } = [MotionMode.Relative, MotionMode.Absolute];

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => AllModes;

    /// <summary>Encodes frames.</summary>
    public LatentEncoder Encoder => _generator.Encoder;

    /// <summary>Makes frames.</summary>
    public LatentDecoder Decoder => _generator.Decoder;

    /// <inheritdoc/>
    /// <remarks><b>Paper:</b> Sec. 4.4, linear manipulation along one direction. <b>Choice:</b> at most 2 to either side.</remarks>
    public IReadOnlyList<MotionSlider> Sliders { get; }

    /// <inheritdoc/>
    public MotionState Edit(
        SourceState source, (double Yaw, double Pitch, double Roll) angles, bool frontalized, IReadOnlyDictionary<string, double> values, FaceOpenness? openness = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var own = Own<LatentSource>(source, nameof(source));
        if (frontalized || angles != default) throw new ArgumentException("Latent Image Animator knows no angles: it moves along learned directions, as direction_3.", nameof(angles));
        var change = new double[Config.DirectionCount];
        foreach (var (name, value) in values) change[MotionSlider.Find(Sliders, name, value)] = value;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return new LatentMotion(own.Steps + tensor(change, dtype: own.Steps.dtype, device: own.Steps.device)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override LatentSource Encode(FaceFrame source)
    {
        var (code, features) = Encoder.Looks((2 * source.Image) - 1);
        return new LatentSource(source, code, features, Encoder.Motion(code));
    }

    /// <inheritdoc/>
    protected override LatentMotion Observe(LatentSource source, Tensor driving) => new(Encoder.Motion(Encoder.Looks((2 * driving) - 1).Code));

    /// <inheritdoc/>
    /// <remarks><b>Paper:</b> Eq. 6: z_s + (w_d − w_d0) + w_s. The step is linear in how far along each direction it goes.</remarks>
    protected override LatentMotion Relative(LatentSource source, LatentMotion driving, LatentMotion first, bool scaled)
        => new(source.Steps + (driving.Steps - first.Steps));

    /// <inheritdoc/>
    protected override Generated Draw(LatentSource source, LatentMotion motion)
    {
        var last = Decoder.Explain(source.Code + Decoder.Directions.call(motion.Steps), source.Features).Steps[^1];
        return new Generated(((last.Colours + 1) / 2).clamp(0, 1), last.Motion, [], null, null, null);
    }
}

/// <summary>Encoder and decoder, as the published files hold them.</summary>
internal sealed class LatentGenerator : nn.Module
{
    [ComponentName(Name = "enc")] private readonly LatentEncoder _encoder;
    [ComponentName(Name = "dec")] private readonly LatentDecoder _decoder;

    /// <summary>Builds both.</summary>
    /// <param name="config">Sizes, validated.</param>
    public LatentGenerator(LatentConfig config) : base(nameof(LatentGenerator))
    {
        _encoder = new LatentEncoder(config);
        _decoder = new LatentDecoder(config);
        RegisterComponents();
    }

    /// <summary>The encoder.</summary>
    public LatentEncoder Encoder => _encoder;

    /// <summary>The decoder.</summary>
    public LatentDecoder Decoder => _decoder;
}

/// <summary>How far a frame is moved along each direction.</summary>
/// <param name="Steps">[N, M].</param>
internal sealed record LatentMotion(Tensor Steps) : MotionState
{
    /// <inheritdoc/>
    public override Keypoints? Keypoints => null;

    /// <inheritdoc/>
    public override Tensor? AlongDirections => Steps;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Steps];
}

/// <summary>A source of <see cref="LatentModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Code">Its looks, [N, C].</param>
/// <param name="Features">The frames as the encoder sees them, from a side of 8 to that of the frames.</param>
/// <param name="Steps">How far it is moved along each direction, [N, M].</param>
internal sealed record LatentSource(FaceFrame Source, Tensor Code, IReadOnlyList<Tensor> Features, Tensor Steps) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Code, .. Features, Steps];
}
