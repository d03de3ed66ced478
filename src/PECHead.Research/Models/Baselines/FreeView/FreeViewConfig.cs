namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Everything that fixes the architecture of a <see cref="FreeViewModel"/>; the defaults are those of the public re-implementation.</summary>
/// <remarks><b>Paper:</b> One-Shot Free-View Neural Talking-Head Synthesis (Wang et al. 2021). There is no code of its authors.</remarks>
internal sealed record FreeViewConfig
{
    /// <summary>Halvings of the generator, and doublings of its decoder. <b>Paper:</b> 2.</summary>
    public const int DownBlocks = 2;

    /// <summary>The published size, 256 px.</summary>
    public static FreeViewConfig Paper { get; } = new();

    /// <summary>128 px, a quarter of the width. <b>Choice:</b> half of the depth too.</summary>
    public static FreeViewConfig Small { get; } = For(ModelSize.Small);

    /// <summary>Side of the square frames in pixels. <b>Paper:</b> 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>K, keypoints in space. <b>Paper:</b> 20; the public weights have 15.</summary>
    public int KeypointCount { get; init; } = 15;

    /// <summary>How many times smaller the frames are on which keypoints are found, 4 or 1. <b>Paper:</b> 4.</summary>
    public int DetectorReduction { get; init; } = 4;

    /// <summary>Channels of the last step of the keypoint detector. <b>Paper:</b> 32.</summary>
    public int DetectorExpansion { get; init; } = 32;

    /// <summary>Channels of the last step of the motion's hourglass. <b>Paper:</b> 32.</summary>
    public int MotionExpansion { get; init; } = 32;

    /// <summary>Upper bound of the channels of detector and hourglass. <b>Paper:</b> 1024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings of detector and hourglass. <b>Paper:</b> 5.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>Channels of the volume of features. <b>Paper:</b> 32.</summary>
    public int VolumeChannels { get; init; } = 32;

    /// <summary>Slices of the volume of features. <b>Paper:</b> 16.</summary>
    public int VolumeDepth { get; init; } = 16;

    /// <summary>Residual blocks of the volume, and of the decoder. <b>Paper:</b> 6.</summary>
    public int ResidualBlocks { get; init; } = 6;

    /// <summary>Channels that the motion network sees of the volume. <b>Paper:</b> 4.</summary>
    public int CompressedChannels { get; init; } = 4;

    /// <summary>Channels of the generator at full resolution. <b>Paper:</b> 64.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Channels of the first convolution of the head's network. <b>Paper:</b> 64.</summary>
    public int HeadWidth { get; init; } = 64;

    /// <summary>Whether the decoder is modulated by the warped features (SPADE), as in the newer public weights; otherwise it is the paper's.</summary>
    public bool Modulated { get; init; } = true;

    /// <summary>Convention of sampling. <b>Choice:</b> false, what the public code does.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static FreeViewConfig For(ModelSize size) => new()
    {
        ImageSize = size.ImageSize,
        VolumeChannels = size.Scaled(32),
        VolumeDepth = size == ModelSize.Paper ? 16 : 8,
        DetectorExpansion = size.Scaled(32),
        MotionExpansion = size.Scaled(32),
        MaxChannels = size.MaxChannels,
        Depth = size.HourglassDepth,
        BaseChannels = size.Scaled(64),
        HeadWidth = size.Scaled(64),
    };

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        foreach (int value in new[]
        {
            ImageSize, KeypointCount, DetectorReduction, DetectorExpansion, MotionExpansion, MaxChannels, Depth, VolumeChannels, VolumeDepth, CompressedChannels, BaseChannels, HeadWidth,
        })
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        }
        ArgumentOutOfRangeException.ThrowIfNegative(ResidualBlocks);
        if (ImageSize % (DetectorReduction << Depth) != 0 || ImageSize % ((1 << DownBlocks) << Depth) != 0)
            throw new ArgumentException($"An image size of {ImageSize} does not divide by the halvings of the detector or of the hourglass.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    public static FreeViewConfig Of(PublishedParts parts)
    {
        const string Generator = "generator", Detector = "kp_detector", Hourglass = "dense_motion_network.hourglass.";
        int depth = Math.Max(1, parts.Blocks(Generator, $"{Hourglass}encoder.down_blocks."));
        int max = parts.Size(Detector, "predictor.conv.weight", 1);
        var config = new FreeViewConfig
        {
            KeypointCount = parts.Size(Detector, "kp.weight", 0),
            DetectorReduction = parts.Has(Detector, "down.weight") ? 4 : 1,
            DetectorExpansion = parts.Size(Detector, "kp.weight", 1),
            MotionExpansion = parts.Size(Generator, $"{Hourglass}decoder.up_blocks.{depth - 1}.conv.weight", 0),
            MaxChannels = max,
            Depth = depth,
            VolumeChannels = parts.Size(Generator, "dense_motion_network.compress.weight", 1),
            VolumeDepth = parts.Size(Detector, "predictor.conv.weight", 0) / max,
            ResidualBlocks = parts.Blocks(Generator, "resblocks_3d.3dr"),
            CompressedChannels = parts.Size(Generator, "dense_motion_network.compress.weight", 0),
            BaseChannels = parts.Size(Generator, "first.conv.weight", 0),
            HeadWidth = parts.Size("he_estimator", "conv1.weight", 0),
            Modulated = parts.Has(Generator, "decoder.fc.weight"),
        };
        return config with { ImageSize = (2 << DownBlocks) << depth };   // the smallest volume of the published network has two pixels a side
    }
}
