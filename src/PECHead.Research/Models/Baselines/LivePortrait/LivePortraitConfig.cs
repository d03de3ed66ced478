using PECHead.Research.Models.Baselines.FreeView;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>Everything that fixes the architecture of a <see cref="LivePortraitModel"/>; the defaults are those of the authors' weights.</summary>
/// <remarks><b>Paper:</b> LivePortrait (Guo et al. 2024).</remarks>
internal sealed record LivePortraitConfig
{
    /// <summary>K, implicit keypoints in space; the rules of the motion name each of them.</summary>
    public const int KeypointCount = 21;

    /// <summary>How many times larger than the source the generated frame is.</summary>
    public const int Enlargement = 2;

    private const int DownBlocks = FreeViewConfig.DownBlocks;

    /// <summary>The published size: 256 px in, 512 px out.</summary>
    public static LivePortraitConfig Paper { get; } = new();

    /// <summary>128 px in, 256 px out, a quarter of the width and half of the depth. <b>Choice:</b> as the small sizes of the other models.</summary>
    public static LivePortraitConfig Small { get; } = For(ModelSize.Small);

    /// <summary>Side of the square frames that it reads, pixels.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Channels of the appearance network at full resolution, and of the decoder at its end.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Channels of the volume of features.</summary>
    public int VolumeChannels { get; init; } = 32;

    /// <summary>Slices of the volume of features.</summary>
    public int VolumeDepth { get; init; } = 16;

    /// <summary>Residual blocks of the volume.</summary>
    public int ResidualBlocks { get; init; } = 6;

    /// <summary>Channels that the motion network sees of the volume.</summary>
    public int CompressedChannels { get; init; } = 4;

    /// <summary>Channels of the last step of the motion's hourglass.</summary>
    public int MotionExpansion { get; init; } = 32;

    /// <summary>Upper bound of the channels of the hourglass.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings of the hourglass.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>Channels of the first stage of the network that reads heads.</summary>
    public int BackboneWidth { get; init; } = 96;

    /// <summary>Convention of sampling. <b>Choice:</b> false, what the authors' code does.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Size of the frames that it reads, and widths.</param>
    public static LivePortraitConfig For(ModelSize size) => new()
    {
        ImageSize = size.ImageSize,
        BaseChannels = size.Scaled(64),
        VolumeChannels = size.Scaled(32),
        VolumeDepth = size == ModelSize.Paper ? 16 : 8,
        MotionExpansion = size.Scaled(32),
        MaxChannels = size.MaxChannels,
        Depth = size.HourglassDepth,
        BackboneWidth = size.Scaled(96),
    };

    /// <summary>The sizes of the networks that are One-Shot Free-View's.</summary>
    public FreeViewConfig Volume() => new()
    {
        ImageSize = ImageSize,
        KeypointCount = KeypointCount,
        DetectorReduction = 1,
        MotionExpansion = MotionExpansion,
        MaxChannels = MaxChannels,
        Depth = Depth,
        VolumeChannels = VolumeChannels,
        VolumeDepth = VolumeDepth,
        ResidualBlocks = ResidualBlocks,
        CompressedChannels = CompressedChannels,
        BaseChannels = BaseChannels,
        AlignCorners = AlignCorners,
    };

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        Volume().Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BackboneWidth, 1);
        if (ImageSize % ConvNext.Reduction != 0)
            throw new ArgumentException($"An image size of {ImageSize} does not divide by {ConvNext.Reduction}, which the network that reads heads reduces it by.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    public static LivePortraitConfig Of(PublishedParts parts)
    {
        const string Appearance = "appearance_feature_extractor", Warping = "warping_module", Hourglass = "dense_motion_network.hourglass.";
        int depth = Math.Max(1, parts.Blocks(Warping, $"{Hourglass}encoder.down_blocks."));
        int channels = parts.Size(Warping, "dense_motion_network.compress.weight", 1);
        var config = new LivePortraitConfig
        {
            BaseChannels = parts.Size(Appearance, "first.conv.weight", 0),
            VolumeChannels = channels,
            VolumeDepth = parts.Size(Appearance, "second.weight", 0) / channels,
            ResidualBlocks = parts.Blocks(Appearance, "resblocks_3d.3dr"),
            CompressedChannels = parts.Size(Warping, "dense_motion_network.compress.weight", 0),
            MotionExpansion = parts.Size(Warping, $"{Hourglass}decoder.up_blocks.{depth - 1}.conv.weight", 0),
            MaxChannels = parts.Size(Warping, $"{Hourglass}encoder.down_blocks.{depth - 1}.conv.weight", 0),
            Depth = depth,
            BackboneWidth = parts.Size("motion_extractor", "detector.norm.weight", 0) >> (ConvNext.Stages - 1),
        };
        return config with { ImageSize = (2 << DownBlocks) << depth };   // the smallest volume of the published network has two pixels a side
    }
}
