using PECHead.Research.Alignment;
using PECHead.Research.Landmarks;
using PECHead.Research.Motion;

namespace PECHead.Research.Models;

/// <summary>Everything that fixes the architecture of a <see cref="PecHeadModel"/>.</summary>
public sealed record PecHeadConfig
{
    /// <summary>Side of the square frames in pixels. <b>Paper:</b> PECHead, Sec. 4.1: 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Which parts there are.</summary>
    public AblationSetting Setting { get; init; } = AblationSettings.Full;

    /// <summary>Landmarks a face, at least 1. <b>Paper:</b> PECHead, Sec. 3.1: 68.</summary>
    public int LandmarkCount { get; init; } = 68;

    /// <summary>Values of the pose p. <b>Choice:</b> 9: angles, translation and crop, as in PIRenderer.</summary>
    public int PoseSize { get; init; } = 9;

    /// <summary>Values of the expression e. <b>Paper:</b> 64, the expression basis of the reconstructor it uses.</summary>
    public int ExpressionSize { get; init; } = 64;

    /// <summary>The keypoint estimator, where keypoints are estimated.</summary>
    public KeypointEstimatorConfig Estimator { get; init; } = new();

    /// <summary>The keypoint detector, where keypoints are detected.</summary>
    public KeypointDetectorConfig Detector { get; init; } = new();

    /// <summary>The motion estimators; their number of points follows from the setting.</summary>
    public DenseMotionConfig Motion { get; init; } = new();

    /// <summary>
    /// Variance of a landmark's bump, normalised units squared. <b>Choice:</b> 0.0025, a quarter of the keypoints': 68 points lie
    /// closer together than ten.
    /// </summary>
    public double LandmarkVariance { get; init; } = 0.0025;

    /// <summary>The deformable alignment, where there is one.</summary>
    public DeformableAlignmentConfig Alignment { get; init; } = new();

    /// <summary>The generator.</summary>
    public FrameGeneratorConfig Generator { get; init; } = new();

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    /// <param name="setting">Which parts there are.</param>
    public static PecHeadConfig For(ModelSize size, AblationSetting setting)
    {
        var full = new PecHeadConfig();
        return full with
        {
            ImageSize = size.ImageSize,
            Setting = setting,
            Estimator = full.Estimator with
            {
                BaseChannels = size.Scaled(full.Estimator.BaseChannels),
                StyleSize = size.Scaled(full.Estimator.StyleSize),
                Blocks = Math.Min(full.Estimator.Blocks, size.HourglassDepth),
            },
            Detector = full.Detector with
            {
                Expansion = size.Scaled(full.Detector.Expansion),
                MaxChannels = size.MaxChannels,
                HourglassDepth = size.HourglassDepth,
            },
            Motion = full.Motion with
            {
                Expansion = size.Scaled(full.Motion.Expansion),
                MaxChannels = size.MaxChannels,
                HourglassDepth = size.HourglassDepth,
            },
            Alignment = full.Alignment with
            {
                MotionChannels = size.Scaled(full.Alignment.MotionChannels),
                HeadChannels = size.Scaled(full.Alignment.HeadChannels),
            },
            Generator = full.Generator with
            {
                BaseChannels = size.Scaled(full.Generator.BaseChannels),
                Composition = setting.Composition ?? full.Generator.Composition,
            },
        };
    }

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        Setting.Validate();
        Estimator.Validate();
        Detector.Validate();
        Motion.Validate();
        Alignment.Validate();
        Generator.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(LandmarkCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PoseSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExpressionSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LandmarkVariance);
        RequireDivisor(Detector.Reduction << Detector.HourglassDepth, "the detector's reduction and halvings");
        RequireDivisor(Motion.Reduction << Motion.HourglassDepth, "the motion's reduction and halvings");
        RequireDivisor(Motion.Reduction << Estimator.Blocks, "the motion's reduction and the estimator's blocks");
        RequireDivisor(2 << Generator.DownBlocks, "the generator's halvings and that of the global level");
        if ((Generator.BaseChannels << Generator.DownBlocks) % Alignment.Groups != 0)
            throw new ArgumentException($"{Generator.BaseChannels << Generator.DownBlocks} channels cannot be split into {Alignment.Groups} groups of offsets.");
    }

    private void RequireDivisor(int divisor, string what)
    {
        if (ImageSize < divisor || ImageSize % divisor != 0)
            throw new ArgumentException($"An image size of {ImageSize} is not divisible by {divisor}, as {what} require.");
    }
}
