using PECHead.Research.Models.Baselines.FirstOrder;

namespace PECHead.Research.Models.Baselines.DepthAware;

/// <summary>Everything that fixes the architecture of a <see cref="DepthAwareModel"/>; the defaults are those of the published code.</summary>
/// <remarks><b>Paper:</b> Depth-Aware GAN (Hong et al. 2022). What is First Order Motion Model's has its names.</remarks>
internal sealed record DepthAwareConfig
{
    /// <summary>Halvings of the generator, and doublings of its decoder. <b>Paper:</b> 2.</summary>
    public const int DownBlocks = 2;

    /// <summary>How many times fewer channels queries and keys have than features. <b>Paper:</b> 8.</summary>
    public const int QueryReduction = 8;

    private const int Reduction = 4;

    /// <summary>The published size, 256 px.</summary>
    public static DepthAwareConfig Paper { get; } = new();

    /// <summary>128 px and a quarter of the width. <b>Choice:</b> as the small sizes of the other models.</summary>
    public static DepthAwareConfig Small { get; } = new()
    {
        ImageSize = 128,
        DetectorExpansion = 8,
        MotionExpansion = 16,
        MaxChannels = 128,
        HourglassDepth = 4,
        BaseChannels = 16,
        BottleneckBlocks = 2,
        DepthWidth = 16,
        DisparityWidth = 4,
    };

    /// <summary>Side of the square frames in pixels. <b>Paper:</b> 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>K, learned keypoints. <b>Paper:</b> 15.</summary>
    public int KeypointCount { get; init; } = 15;

    /// <summary>Channels of the last step of the detector's hourglass. <b>Paper:</b> 32.</summary>
    public int DetectorExpansion { get; init; } = 32;

    /// <summary>Channels of the last step of the motion's hourglass. <b>Paper:</b> 64.</summary>
    public int MotionExpansion { get; init; } = 64;

    /// <summary>Upper bound of the channels of both hourglasses. <b>Paper:</b> 1024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings of both hourglasses. <b>Paper:</b> 5.</summary>
    public int HourglassDepth { get; init; } = 5;

    /// <summary>Channels of the generator at full resolution. <b>Paper:</b> 64.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Residual blocks of the generator, where it is not modulated. <b>Paper:</b> 6.</summary>
    public int BottleneckBlocks { get; init; } = 6;

    /// <summary>Whether the decoder is modulated by the moved source (SPADE), as in a second set of published weights.</summary>
    public bool Modulated { get; init; }

    /// <summary>Channels inside the first stage of the depth network. <b>Paper:</b> 64.</summary>
    public int DepthWidth { get; init; } = 64;

    /// <summary>Whether the depth network is a ResNet-50; otherwise it is a ResNet-18. Both are published.</summary>
    public bool DeepDepth { get; init; }

    /// <summary>Channels of the depth network's decoder at full resolution. <b>Paper:</b> 16.</summary>
    public int DisparityWidth { get; init; } = 16;

    /// <summary>Convention of sampling. <b>Choice:</b> false, what the published code does under the PyTorch that it asks for.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>The sizes of what is First Order Motion Model's.</summary>
    public FirstOrderConfig FirstOrder() => new()
    {
        ImageSize = ImageSize,
        KeypointCount = KeypointCount,
        Reduction = Reduction,
        DetectorExpansion = DetectorExpansion,
        MotionExpansion = MotionExpansion,
        MaxChannels = MaxChannels,
        HourglassDepth = HourglassDepth,
        BaseChannels = BaseChannels,
        DownBlocks = DownBlocks,
        BottleneckBlocks = BottleneckBlocks,
        AlignCorners = AlignCorners,
    };

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        FirstOrder().Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(DepthWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DisparityWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BaseChannels << DownBlocks, QueryReduction);
        if (ImageSize % DepthDecoder.Reduction != 0 || ImageSize == DepthDecoder.Reduction)
            throw new ArgumentException($"An image size of {ImageSize} does not divide by {DepthDecoder.Reduction}, which the depth network reduces it by, into two or more.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    public static DepthAwareConfig Of(PublishedParts parts)
    {
        const string Generator = "generator", Detector = "kp_detector", Hourglass = "dense_motion_network.hourglass.";
        int depth = Math.Max(1, parts.Blocks(Detector, "predictor.encoder.down_blocks."));
        var config = new DepthAwareConfig
        {
            KeypointCount = parts.Size(Detector, "kp.weight", 0),
            DetectorExpansion = parts.Size(Detector, $"predictor.decoder.up_blocks.{depth - 1}.conv.weight", 0),
            MotionExpansion = parts.Size(Generator, $"{Hourglass}decoder.up_blocks.{depth - 1}.conv.weight", 0),
            MaxChannels = Math.Max(
                parts.Size(Detector, $"predictor.encoder.down_blocks.{depth - 1}.conv.weight", 0),
                parts.Size(Generator, $"{Hourglass}encoder.down_blocks.{depth - 1}.conv.weight", 0)),
            HourglassDepth = depth,
            BaseChannels = parts.Size(Generator, "first.conv.weight", 0),
            BottleneckBlocks = parts.Blocks(Generator, "bottleneck.r"),
            Modulated = parts.Has(Generator, "decoder.fc.weight"),
            DepthWidth = parts.Size("depth_encoder", "encoder.conv1.weight", 0),
            DeepDepth = parts.Has("depth_encoder", "encoder.layer1.0.conv3.weight"),
            DisparityWidth = parts.Size("depth_decoder", "decoder.10.conv.weight", 1),
        };
        return config with { ImageSize = (2 * Reduction) << depth };   // the smallest map of the published hourglasses has two pixels a side
    }
}
