using PECHead.Research.Landmarks;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>
/// Contract of a model that animates the face of a source frame: encode the source once, then animate it for each driving
/// frame.
/// </summary>
public abstract class TalkingHeadModel : nn.Module<FaceFrame, FaceFrame, Generated>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected TalkingHeadModel(string name) : base(name)
    {
    }

    /// <summary>Side of the square frames in pixels.</summary>
    public abstract int ImageSize { get; }

    /// <summary>Computes what depends on the source alone.</summary>
    /// <param name="source">Frames [N, 3, S, S], RGB in [0, 1], and their faces.</param>
    /// <exception cref="ArgumentException">Frames or faces of another shape.</exception>
    public abstract SourceState EncodeSource(FaceFrame source);

    /// <summary>Locates the learned keypoints that a driving frame asks the source to take.</summary>
    /// <param name="source">State of the source, for models whose points start from the source's appearance.</param>
    /// <param name="driving">The driving frames, of the same batch.</param>
    /// <returns>The keypoints; null where the model has none.</returns>
    public abstract Keypoints? LocateKeypoints(SourceState source, FaceFrame driving);

    /// <summary>Moves the source so that its points come to lie where the driving points are.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="driving">
    /// Driving frames of the same batch. Their landmarks are those of the source's face in the driving pose.
    /// </param>
    /// <param name="previous">What the frame before left in <see cref="Generated.Context"/>; null on the first frame.</param>
    /// <param name="frameFlow">Flow [N, H, W, 2] from this source frame to the one before; null for a still source.</param>
    public abstract Generated Animate(SourceState source, FaceFrame driving, PropagationState? previous = null, Tensor? frameFlow = null);

    /// <summary>The whole way for a single frame.</summary>
    /// <param name="input1">Source frames.</param>
    /// <param name="input2">Driving frames.</param>
    /// <returns>The driving frames, rebuilt from the source.</returns>
    public sealed override Generated forward(FaceFrame input1, FaceFrame input2)
    {
        using var scope = NewDisposeScope();
        return Animate(EncodeSource(input1), input2).MoveToOuterDisposeScope();
    }
}
