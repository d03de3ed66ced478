using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>
/// Contract of a model that animates the face of a source frame: encode the source once, then locate the points of each
/// driving frame and animate.
/// </summary>
public abstract class TalkingHeadModel : nn.Module<Tensor, Tensor, Generated>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected TalkingHeadModel(string name) : base(name)
    {
    }

    /// <summary>Side of the square frames in pixels.</summary>
    public abstract int ImageSize { get; }

    /// <summary>Computes what depends on the source alone.</summary>
    /// <param name="source">Frames [N, 3, S, S], RGB in [0, 1].</param>
    public abstract SourceState EncodeSource(Tensor source);

    /// <summary>Locates the points that a driving frame asks the source to take.</summary>
    /// <param name="source">State of the source, for models whose points start from the source's appearance.</param>
    /// <param name="driving">Frames [N, 3, S, S], RGB in [0, 1].</param>
    public abstract Keypoints LocateKeypoints(SourceState source, Tensor driving);

    /// <summary>Moves the source so that its points come to lie where the driving points are.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="driving">Driving points, of the same batch.</param>
    public abstract Generated Animate(SourceState source, Keypoints driving);

    /// <summary>The whole way, as in training.</summary>
    /// <param name="input1">Source frames [N, 3, S, S], RGB in [0, 1].</param>
    /// <param name="input2">Driving frames [N, 3, S, S], RGB in [0, 1].</param>
    /// <returns>The driving frames, rebuilt from the source.</returns>
    /// <exception cref="ArgumentException">Frames of another shape.</exception>
    public sealed override Generated forward(Tensor input1, Tensor input2)
    {
        TensorGuard.Shape(input1, nameof(input1), TensorGuard.Any, 3, ImageSize, ImageSize);
        TensorGuard.Shape(input2, nameof(input2), input1.size(0), 3, ImageSize, ImageSize);
        using var scope = NewDisposeScope();
        var source = EncodeSource(input1);
        var generated = Animate(source, LocateKeypoints(source, input2));
        return (generated with
        {
            SourceKeypoints = generated.SourceKeypoints.MoveToOuterDisposeScope(),
            DrivingKeypoints = generated.DrivingKeypoints.MoveToOuterDisposeScope(),
        }).MoveToOuterDisposeScope();
    }
}
