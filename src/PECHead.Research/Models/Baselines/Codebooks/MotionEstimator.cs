using PECHead.Research.Models.Baselines.FirstOrder;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Finds affine keypoints and the motion between two sets of them, both as First Order Motion Model does.</summary>
internal sealed class MotionEstimator : nn.Module
{
    /// <summary>Its name in files.</summary>
    public const string Part = "motion_estimator";

    [ComponentName(Name = "kp_detector")] private readonly FirstOrderDetector _detector;
    [ComponentName(Name = "dense_motion_network")] private readonly FirstOrderMotion _motion;

    /// <summary>Builds both networks.</summary>
    /// <param name="config">Sizes, validated.</param>
    public MotionEstimator(CodebookConfig config) : base(nameof(MotionEstimator))
    {
        (_detector, _motion) = (new FirstOrderDetector(config.Estimator), new FirstOrderMotion(config.Estimator));
        RegisterComponents();
    }

    /// <summary>Finds keypoints.</summary>
    public FirstOrderDetector Detector => _detector;

    /// <summary>Finds the motion.</summary>
    public FirstOrderMotion Motion => _motion;
}
