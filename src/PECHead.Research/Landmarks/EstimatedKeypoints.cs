using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>Keypoints of the head-pose-aware estimator: k^z = E(x^s, p^z, e^z), whichever frame z is asked for.</summary>
/// <remarks><b>Paper:</b> PECHead, Eq. 2.</remarks>
internal sealed class EstimatedKeypoints : KeypointLocator
{
    [ComponentName(Name = "estimator")] private readonly KeypointEstimator _estimator;

    /// <summary>Builds the locator.</summary>
    /// <param name="estimator">E.</param>
    public EstimatedKeypoints(KeypointEstimator estimator) : base(nameof(EstimatedKeypoints))
    {
        _estimator = estimator;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Keypoints? Locate(Tensor reducedSource, FaceFrame frame)
    {
        using var condition = frame.RequireFace(nameof(frame)).Condition();
        return _estimator.call(reducedSource, condition);
    }
}
