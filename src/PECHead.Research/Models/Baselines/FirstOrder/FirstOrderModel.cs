using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>First Order Motion Model: learned affine keypoints move the features of a source frame.</summary>
/// <remarks>
/// <b>Paper:</b> Siarohin et al., First Order Motion Model for Image Animation, 2019. Built to hold its published weights; see
/// <see cref="FirstOrderWeights"/>.
/// </remarks>
public sealed class FirstOrderModel : nn.Module<Tensor, Tensor, Tensor>
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

    internal FirstOrderDetector Detector => _detector;

    internal FirstOrderGenerator Generator => _generator;

    /// <summary>Locates the keypoints of frames.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    public AffineKeypoints Locate(Tensor frames)
    {
        TensorGuard.Input(this, frames, nameof(frames), TensorGuard.Some, 3, Config.ImageSize, Config.ImageSize);
        return _detector.call(frames);
    }

    /// <summary>Moves a source so that its points come to lie where they should.</summary>
    /// <param name="source">Frames [N, 3, S, S], RGB in [0, 1].</param>
    /// <param name="from">Their points.</param>
    /// <param name="to">The points to take: of a driving frame, or of <see cref="AffineKeypoints.Relative"/>.</param>
    /// <returns>Frames [N, 3, S, S], RGB in (0, 1).</returns>
    public Tensor Animate(Tensor source, AffineKeypoints from, AffineKeypoints to)
    {
        TensorGuard.Input(this, source, nameof(source), TensorGuard.Some, 3, Config.ImageSize, Config.ImageSize);
        from.Require(nameof(from), source.size(0), Config.KeypointCount);
        to.Require(nameof(to), source.size(0), Config.KeypointCount);
        return _generator.call(source, from, to);
    }

    /// <summary>The whole way for a single frame, with the driving points as they are.</summary>
    /// <param name="input1">Source frames [N, 3, S, S], RGB in [0, 1].</param>
    /// <param name="input2">Driving frames of the same shape.</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        TensorGuard.Input(this, input1, nameof(input1), TensorGuard.Some, 3, Config.ImageSize, Config.ImageSize);
        TensorGuard.Input(this, input2, nameof(input2), input1.shape);
        using var scope = NewDisposeScope();
        return Animate(input1, Locate(input1), Locate(input2)).MoveToOuterDisposeScope();
    }
}
