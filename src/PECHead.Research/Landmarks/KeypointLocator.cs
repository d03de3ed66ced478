using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>Where a model's learned keypoints come from.</summary>
internal abstract class KeypointLocator : nn.Module
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected KeypointLocator(string name) : base(name)
    {
    }

    /// <summary>Locates the keypoints of a frame.</summary>
    /// <param name="reducedSource">The source frames at the resolution of the motion, [N, 3, h, w].</param>
    /// <param name="frame">The source itself, or a driving frame.</param>
    /// <returns>K positions a frame; null where the model has no learned keypoints.</returns>
    public abstract Keypoints? Locate(Tensor reducedSource, FaceFrame frame);
}
