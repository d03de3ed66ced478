using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>No learned keypoints: the model moves by landmarks alone.</summary>
internal sealed class NoKeypoints : KeypointLocator
{
    /// <summary>Builds the module; it has no parameters.</summary>
    public NoKeypoints() : base(nameof(NoKeypoints)) => RegisterComponents();

    /// <inheritdoc/>
    public override Keypoints? Locate(Tensor reducedSource, FaceFrame frame) => null;
}
