using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>Keypoints detected in the frame whose points are wanted, as in First Order Motion Model; no pose can be asked for.</summary>
internal sealed class DetectedKeypoints : KeypointLocator
{
    [ComponentName(Name = "detector")] private readonly KeypointDetector _detector;

    /// <summary>Builds the locator.</summary>
    /// <param name="detector">Finds the keypoints.</param>
    public DetectedKeypoints(KeypointDetector detector) : base(nameof(DetectedKeypoints))
    {
        _detector = detector;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Keypoints? Locate(Tensor reducedSource, FaceFrame frame) => _detector.call(frame.Image);
}
