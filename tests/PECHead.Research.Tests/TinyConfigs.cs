using PECHead.Research.Alignment;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Tests;

/// <summary>Architectures small enough to train inside a test: 32 px, widths 4 to 16, three keypoints, five landmarks.</summary>
internal static class TinyConfigs
{
    public static PecHeadConfig Model { get; } = For(AblationSettings.Kp);

    public static PecHeadConfig For(AblationSetting setting) => new()
    {
        ImageSize = 32,
        Setting = setting,
        LandmarkCount = 5,
        PoseSize = 9,
        ExpressionSize = 4,
        LandmarkVariance = 0.01,
        Estimator = new KeypointEstimatorConfig { KeypointCount = 3, BaseChannels = 4, Blocks = 2, StyleSize = 8 },
        Detector = new KeypointDetectorConfig { KeypointCount = 3, Expansion = 4, MaxChannels = 16, HourglassDepth = 2 },
        Motion = new DenseMotionConfig { PointCount = 3, Expansion = 4, MaxChannels = 16, HourglassDepth = 2 },
        Alignment = new DeformableAlignmentConfig { MotionChannels = 4, HeadChannels = 8, Groups = 4 },
        Generator = new FrameGeneratorConfig { BaseChannels = 4, BottleneckBlocks = 2 },
    };

    /// <summary>First Order Motion Model of 32 px at a depth of 2, of 64 px at 3.</summary>
    public static FirstOrderConfig FirstOrder(int hourglassDepth) => new()
    {
        ImageSize = 8 << hourglassDepth,
        KeypointCount = 3,
        DetectorExpansion = 4,
        MotionExpansion = 4,
        MaxChannels = 16,
        HourglassDepth = hourglassDepth,
        BaseChannels = 4,
        BottleneckBlocks = 1,
    };

    /// <summary>Frames of noise with faces of noise.</summary>
    public static FaceFrame Frame(PecHeadConfig config, long batch, Generator? generator = null) => new(
        rand([batch, 3, config.ImageSize, config.ImageSize], generator: generator), Face(config, batch, generator));

    /// <summary>Faces of noise.</summary>
    public static FaceState Face(PecHeadConfig config, long batch, Generator? generator = null) => new(
        new Keypoints((1.4 * rand([batch, config.LandmarkCount, 2], generator: generator)) - 0.7),
        randn([batch, config.PoseSize], generator: generator), randn([batch, config.ExpressionSize], generator: generator));
}
