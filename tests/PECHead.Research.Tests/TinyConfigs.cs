using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Motion;

namespace PECHead.Research.Tests;

/// <summary>Architectures small enough to train inside a test: 32 px, widths 4 to 16, three keypoints.</summary>
internal static class TinyConfigs
{
    public static PecHeadConfig Model { get; } = new()
    {
        ImageSize = 32,
        Detector = new KeypointDetectorConfig { KeypointCount = 3, Expansion = 4, MaxChannels = 16, HourglassDepth = 2 },
        Motion = new DenseMotionConfig { PointCount = 3, Expansion = 4, MaxChannels = 16, HourglassDepth = 2 },
        Generator = new FrameGeneratorConfig { BaseChannels = 4, BottleneckBlocks = 2 },
    };
}
