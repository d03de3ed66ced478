using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models.Baselines.FirstOrder;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.DepthAware;

/// <summary>Depth-Aware GAN: First Order Motion Model whose detector sees the depth of a face, and whose generator attends to it.</summary>
/// <remarks>
/// <b>Paper:</b> Hong et al., Depth-Aware Generative Adversarial Network for Talking Head Video Generation, CVPR 2022. The depth network is trained before, and
/// stays as it is.
/// </remarks>
internal sealed class DepthAwareModel : FrameDrivenModel<DepthAwareSource, AffineKeypoints>, IPicturedMotion
{
    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "dagan", "Depth-Aware GAN", ("generator", "AttnModule.gamma"), ["generator", "kp_detector", "depth_encoder", "depth_decoder"], [], [],
        (parts, _) => DepthAwareConfig.Of(parts), config => new DepthAwareModel(config)) with
    {
        Files =
        [
            new("*.pth.tar", "generator", "generator"), new("*.pth.tar", "kp_detector", "kp_detector"),
            new("encoder.pth", "", "depth_encoder"), new("depth.pth", "", "depth_decoder"),
        ],
        Translate = FirstOrderWeights.Translate,
    };

    [ComponentName(Name = "kp_detector")] private readonly FirstOrderDetector _detector;
    [ComponentName(Name = "generator")] private readonly DepthAwareGenerator _generator;
    [ComponentName(Name = "depth_encoder")] private readonly DepthEncoder _depthEncoder;
    [ComponentName(Name = "depth_decoder")] private readonly DepthDecoder _depthDecoder;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public DepthAwareModel(DepthAwareConfig config) : base(nameof(DepthAwareModel))
    {
        config.Validate();
        Config = config;
        _detector = new FirstOrderDetector(config.FirstOrder, inChannels: 4);
        _generator = new DepthAwareGenerator(config);
        _depthEncoder = new DepthEncoder(config);
        _depthDecoder = new DepthDecoder(config, _depthEncoder.Widths);
        _depthEncoder.Frozen();
        _depthDecoder.Frozen();
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public DepthAwareConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.FirstOrder.ImageSize;

    /// <summary>What the method can take from a driving video, the default first.</summary>
    public static IReadOnlyList<MotionMode> AllModes => FirstOrderModel.FrameModes;

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => AllModes;

    /// <summary>Finds keypoints in frames with their disparity.</summary>
    public FirstOrderDetector Detector => _detector;

    /// <summary>Makes frames.</summary>
    public DepthAwareGenerator Generator => _generator;

    /// <summary>Encodes frames for their depth.</summary>
    public DepthEncoder DepthEncoder => _depthEncoder;

    /// <summary>Decodes the depth of frames.</summary>
    public DepthDecoder DepthDecoder => _depthDecoder;

    /// <inheritdoc/>
    /// <remarks>The depth network stays in evaluation mode: it is trained before.</remarks>
    public override void train(bool on = true)
    {
        base.train(on);
        _depthEncoder.eval();
        _depthDecoder.eval();
    }

    /// <summary>How near each pixel is.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>Disparities [N, 1, H, W] in (0, 1), 1 near.</returns>
    public Tensor Disparity(Tensor frames)
    {
        using var scope = NewDisposeScope();
        return _depthDecoder.Disparity(_depthEncoder.Encode(frames)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string PictureTitle => "depth";

    /// <inheritdoc/>
    /// <remarks>Disparities: 1 is near.</remarks>
    public Tensor Picture(FaceFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        TensorGuard.Input(this, frame.Image, nameof(frame), TensorGuard.Some, 3, ImageSize, ImageSize);
        return Disparity(frame.Image);
    }

    /// <summary>Finds keypoints.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="disparity">Of <see cref="Disparity"/>.</param>
    public AffineKeypoints Locate(Tensor frames, Tensor disparity)
    {
        using var scope = NewDisposeScope();
        return _detector.call(cat([frames, disparity.to(frames.dtype)], 1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override DepthAwareSource Encode(FaceFrame source)
    {
        var disparity = Disparity(source.Image);
        return new DepthAwareSource(source, _generator.Encode(source.Image), _generator.EncodeDepth(disparity), Locate(source.Image, disparity));
    }

    /// <inheritdoc/>
    protected override AffineKeypoints Observe(DepthAwareSource source, Tensor driving) => Locate(driving, Disparity(driving));

    /// <inheritdoc/>
    protected override AffineKeypoints Relative(DepthAwareSource source, AffineKeypoints driving, AffineKeypoints first, bool scaled)
        => AffineKeypoints.Relative(source.Points, driving, first, scaled ? AffineKeypoints.RelativeSize(source.Points, first) : null);

    /// <inheritdoc/>
    protected override Generated Draw(DepthAwareSource source, AffineKeypoints motion)
    {
        var field = _generator.Motion.call(source.Frame, source.Points, motion);
        var image = _generator.Decode(_generator.Attend(source.Features, source.Depth, field), source.Frame, field);
        return new Generated(image, field, [], source.Points.Keypoints?.Alias(), motion.Keypoints?.Alias(), null);
    }
}

/// <summary>A source of <see cref="DepthAwareModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Features">The frames as the generator encodes them, [N, C, h, w].</param>
/// <param name="Depth">Their depth as it encodes it, [N, C, h, w].</param>
/// <param name="Points">Their keypoints.</param>
internal sealed record DepthAwareSource(FaceFrame Source, Tensor Features, Tensor Depth, AffineKeypoints Points) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Features, Depth, .. Points.Tensors];
}
