namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>Everything that fixes the architecture of an <see cref="ArticulatedModel"/>; the defaults are those of vox256.</summary>
/// <remarks><b>Paper:</b> Motion Representations for Articulated Animation (Siarohin et al. 2021) and its published configuration for VoxCeleb.</remarks>
internal sealed record ArticulatedConfig
{
    /// <summary>The published size, 256 px.</summary>
    public static ArticulatedConfig Paper { get; } = new();

    /// <summary>128 px, a quarter of the width. <b>Choice:</b> the widths of <see cref="ModelSize.Small"/>.</summary>
    public static ArticulatedConfig Small { get; } = For(ModelSize.Small);

    /// <summary>Side of the square frames in pixels. <b>Paper:</b> 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>K, regions. <b>Paper:</b> 10.</summary>
    public int RegionCount { get; init; } = 10;

    /// <summary>How many times smaller the frames are on which regions and flow are found. <b>Paper:</b> 4.</summary>
    public int Reduction { get; init; } = 4;

    /// <summary>Channels of the last decoder step of the region predictor. <b>Paper:</b> 32.</summary>
    public int RegionExpansion { get; init; } = 32;

    /// <summary>Channels of the last decoder step of the flow predictor. <b>Paper:</b> 64.</summary>
    public int FlowExpansion { get; init; } = 64;

    /// <summary>Half of the channels of the background predictor's first step. <b>Paper:</b> 32.</summary>
    public int BackgroundExpansion { get; init; } = 32;

    /// <summary>Upper bound of the channels of both hourglasses and of the background predictor. <b>Paper:</b> 1024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings of both hourglasses. <b>Paper:</b> 5.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>Halvings of the background predictor. <b>Paper:</b> 5.</summary>
    public int BackgroundDepth { get; init; } = 5;

    /// <summary>Channels of the generator at full resolution. <b>Paper:</b> 64.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Halvings of the generator. <b>Paper:</b> 2.</summary>
    public int DownBlocks { get; init; } = 2;

    /// <summary>Residual blocks of the generator. <b>Paper:</b> 6.</summary>
    public int BottleneckBlocks { get; init; } = 6;

    /// <summary>Values between the layers nearest to a set of regions in the disentangling network. <b>Paper:</b> 256.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>Values that the disentangling network keeps of shape and of pose. <b>Paper:</b> 64.</summary>
    public int CodeSize { get; init; } = 64;

    /// <summary>Whether there is a network that separates shape and pose. <b>Paper:</b> yes, trained in a second stage.</summary>
    public bool Disentangles { get; init; } = true;

    /// <summary>Whether there is a predictor of the background's motion. <b>Paper:</b> in training and reconstruction.</summary>
    public bool HasBackground { get; init; }

    /// <summary>Convention of sampling. <b>Choice:</b> false, what the published code does under the PyTorch that it asks for.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static ArticulatedConfig For(ModelSize size) => new()
    {
        ImageSize = size.ImageSize,
        RegionExpansion = size.Scaled(32),
        FlowExpansion = size.Scaled(64),
        BackgroundExpansion = size.Scaled(32),
        MaxChannels = size.MaxChannels,
        Depth = size.HourglassDepth,
        BaseChannels = size.Scaled(64),
        BackgroundDepth = size.HourglassDepth,
        HiddenSize = size.Scaled(256),
    };

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        foreach (int value in new[]
        {
            ImageSize, RegionCount, Reduction, RegionExpansion, FlowExpansion, BackgroundExpansion, MaxChannels, Depth, BackgroundDepth, BaseChannels, DownBlocks, HiddenSize, CodeSize,
        })
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        }
        ArgumentOutOfRangeException.ThrowIfNegative(BottleneckBlocks);
        if (ImageSize % (Reduction << Depth) != 0 || ImageSize % (1 << DownBlocks) != 0)
            throw new ArgumentException($"An image size of {ImageSize} does not divide by the halvings of the hourglasses or of the generator.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    /// <param name="all">Whether to keep the predictor of the background.</param>
    public static ArticulatedConfig Of(PublishedParts parts, bool all)
    {
        const string Generator = "generator", Flow = "pixelwise_flow_predictor.hourglass.", Regions = "region_predictor";
        int depth = Math.Max(1, parts.Blocks(Regions, "predictor.encoder.down_blocks."));
        var config = new ArticulatedConfig
        {
            RegionCount = parts.Size(Regions, "regions.weight", 0),
            RegionExpansion = parts.Size(Regions, $"predictor.decoder.up_blocks.{depth - 1}.conv.weight", 0),
            FlowExpansion = parts.Size(Generator, $"{Flow}decoder.up_blocks.{depth - 1}.conv.weight", 0),
            MaxChannels = parts.Size(Generator, $"{Flow}encoder.down_blocks.{depth - 1}.conv.weight", 0),
            Depth = depth,
            BaseChannels = parts.Size(Generator, "first.conv.weight", 0),
            DownBlocks = Math.Max(1, parts.Blocks(Generator, "down_blocks.")),
            BottleneckBlocks = parts.Blocks(Generator, "bottleneck.r"),
            Disentangles = parts.Has(DisentanglingNetwork.Part),
            HasBackground = all && parts.Has(BackgroundPredictor.Part),
        };
        config = config with { ImageSize = 2 * config.Reduction << depth };   // the smallest map of the published networks has two pixels a side
        if (config.Disentangles)
        {
            config = config with
            {
                HiddenSize = parts.Size(DisentanglingNetwork.Part, "id_encoder.0.weight", 0),
                CodeSize = parts.Size(DisentanglingNetwork.Part, "id_encoder.9.weight", 0),
            };
        }
        return config.HasBackground
            ? config with
            {
                BackgroundExpansion = parts.Size(BackgroundPredictor.Part, "encoder.down_blocks.0.conv.weight", 0) / 2,
                BackgroundDepth = parts.Blocks(BackgroundPredictor.Part, "encoder.down_blocks."),
            }
            : config;
    }
}
