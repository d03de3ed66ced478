using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Propagation;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>First Order Motion Model: learned affine keypoints move the features of a source frame.</summary>
/// <remarks>
/// <b>Paper:</b> Siarohin et al., First Order Motion Model for Image Animation, 2019. Built to hold its published weights; see
/// <see cref="FirstOrderWeights"/>. It looks at frames alone, and passes nothing from frame to frame.
/// </remarks>
public sealed class FirstOrderModel : TalkingHeadModel
{
    [ComponentName(Name = "detector")] private readonly FirstOrderDetector _detector;
    [ComponentName(Name = "generator")] private readonly FirstOrderGenerator _generator;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public FirstOrderModel(FirstOrderConfig config) : base(nameof(FirstOrderModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        _detector = new FirstOrderDetector(config);
        _generator = new FirstOrderGenerator(config);
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public FirstOrderConfig Config { get; }

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <inheritdoc/>
    public override bool NeedsFaces => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MotionMode> Modes => FrameModes;

    /// <summary>What this model can take from a driving video, the default first.</summary>
    public static IReadOnlyList<MotionMode> FrameModes { get; } = [MotionMode.Relative, MotionMode.RelativeUnscaled, MotionMode.Absolute];

    internal FirstOrderDetector Detector => _detector;

    internal FirstOrderGenerator Generator => _generator;

    /// <inheritdoc/>
    public override FirstOrderSource EncodeSource(FaceFrame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var scope = NewDisposeScope();
        var points = Locate(source.Image, nameof(source));
        return new FirstOrderSource(source, _generator.Encode(source.Image), points).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override AffineKeypoints ObserveMotion(SourceState source, FaceFrame driving)
    {
        ArgumentNullException.ThrowIfNull(driving);
        return Locate(driving.Image, nameof(driving));
    }

    /// <inheritdoc/>
    /// <remarks><b>Paper:</b> Sec. 3.4, with the movement scaled by the size of the two faces, as the authors' demo does.</remarks>
    public override MotionState Transfer(MotionMode mode, SourceState source, MotionState driving, MotionState first)
    {
        var (points, target, start) = (Own<FirstOrderSource>(source, nameof(source)).Points, Own<AffineKeypoints>(driving, nameof(driving)), Own<AffineKeypoints>(first, nameof(first)));
        points.Require(nameof(source), TensorGuard.Any, Config.KeypointCount);
        start.Require(nameof(first), points.Positions.size(0), Config.KeypointCount);
        return mode switch
        {
            MotionMode.Absolute => target,
            MotionMode.Relative => AffineKeypoints.Relative(points, target, start, AffineKeypoints.RelativeSize(points, start)),
            MotionMode.RelativeUnscaled => AffineKeypoints.Relative(points, target, start),
            _ => throw new ArgumentException($"First Order Motion Model cannot take '{mode}' from a video.", nameof(mode)),
        };
    }

    /// <inheritdoc/>
    public override Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        var (own, target) = (Own<FirstOrderSource>(source, nameof(source)), Own<AffineKeypoints>(motion, nameof(motion)));
        TensorGuard.Input(this, own.Frame, nameof(source), TensorGuard.Some, 3, ImageSize, ImageSize);
        var side = ImageSize >> Config.DownBlocks;
        TensorGuard.Input(this, own.Features, nameof(source), own.Frame.size(0), (long)Config.BaseChannels << Config.DownBlocks, side, side);
        own.Points.Require(nameof(source), own.Frame.size(0), Config.KeypointCount);
        target.Require(nameof(motion), own.Frame.size(0), Config.KeypointCount);
        using var scope = NewDisposeScope();
        var (image, field) = _generator.Decode(own.Frame, own.Features, own.Points, target);
        return new Generated(image, field, [], own.Points.Keypoints?.Alias(), target.Keypoints?.Alias(), null).MoveToOuterDisposeScope();
    }

    private AffineKeypoints Locate(Tensor frames, string name)
    {
        TensorGuard.Input(this, frames, name, TensorGuard.Some, 3, ImageSize, ImageSize);
        return _detector.call(frames);
    }
}
