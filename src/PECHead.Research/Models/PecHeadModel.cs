using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>PECHead in its KP setting: learned keypoints drive one dense motion that warps the source's features.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Table 4, row KP.
/// <b>Deviation:</b> the keypoints come from a detector on each frame, see <see cref="KeypointDetector"/>.
/// </remarks>
public sealed class PecHeadModel : TalkingHeadModel
{
    [ComponentName(Name = "detector")] private readonly KeypointDetector _detector;
    [ComponentName(Name = "motion")] private readonly DenseMotionNetwork _motion;
    [ComponentName(Name = "generator")] private readonly FrameGenerator _generator;

    internal PecHeadModel(PecHeadConfig config) : base(nameof(PecHeadModel))
    {
        ImageSize = config.ImageSize;
        _detector = new KeypointDetector(config.Detector);
        _motion = new DenseMotionNetwork(config.Motion);
        _generator = new FrameGenerator(config.Generator);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int ImageSize { get; }

    /// <inheritdoc/>
    public override SourceState EncodeSource(Tensor source)
    {
        TensorGuard.Shape(source, nameof(source), TensorGuard.Any, 3, ImageSize, ImageSize);
        return new SourceState(source, _motion.Reduce(source), _generator.Encode(source), _detector.call(source));
    }

    /// <inheritdoc/>
    public override Keypoints LocateKeypoints(SourceState source, Tensor driving)
    {
        TensorGuard.Shape(driving, nameof(driving), source.Frame.size(0), 3, ImageSize, ImageSize);
        return _detector.call(driving);
    }

    /// <inheritdoc/>
    public override Generated Animate(SourceState source, Keypoints driving)
    {
        using var scope = NewDisposeScope();
        var motion = _motion.call(source.ReducedFrame, source.Keypoints, driving);
        var image = _generator.Decode(_generator.Align(source.Features, motion));
        return new Generated(image, motion, source.Keypoints, driving).MoveToOuterDisposeScope();
    }
}
