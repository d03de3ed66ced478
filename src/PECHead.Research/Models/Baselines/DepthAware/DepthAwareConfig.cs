using PECHead.Research.Models.Baselines.FirstOrder;

namespace PECHead.Research.Models.Baselines.DepthAware;

/// <summary>Everything that fixes the architecture of a <see cref="DepthAwareModel"/>; the defaults are those of the published code.</summary>
/// <remarks><b>Paper:</b> Depth-Aware GAN (Hong et al. 2022). What is First Order Motion Model's has its names.</remarks>
internal sealed record DepthAwareConfig
{
    /// <summary>How many times fewer channels queries and keys have than features. <b>Paper:</b> 8.</summary>
    public const int QueryReduction = 8;

    private const int Halvings = 2;

    /// <summary>The published size, 256 px.</summary>
    public static DepthAwareConfig Paper { get; } = new();

    /// <summary>128 px and a quarter of the width. <b>Choice:</b> as the small sizes of the other models.</summary>
    public static DepthAwareConfig Small { get; } = For(ModelSize.Small);

    /// <summary>
    /// What is First Order Motion Model's: frames, 15 keypoints, motion, and the generator without attention, whose residual blocks are there where the
    /// decoder is not modulated. <b>Choice:</b> the ends of sampling lie at the outer edges of border pixels, as under the PyTorch that the published code asks for.
    /// </summary>
    public FirstOrderConfig FirstOrder { get; init; } = new() { KeypointCount = 15, AlignCorners = false };

    /// <summary>Whether the decoder is modulated by the moved source (SPADE), as in a second set of published weights.</summary>
    public bool Modulated { get; init; }

    /// <summary>Channels inside the first stage of the depth network. <b>Paper:</b> 64.</summary>
    public int DepthWidth { get; init; } = 64;

    /// <summary>Whether the depth network is a ResNet-50; otherwise it is a ResNet-18. Both are published.</summary>
    public bool DeepDepth { get; init; }

    /// <summary>Channels of the depth network's decoder at full resolution. <b>Paper:</b> 16.</summary>
    public int DisparityWidth { get; init; } = 16;

    /// <summary>The configuration of one of the sizes. <b>Choice:</b> below the published width two residual blocks instead of six.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static DepthAwareConfig For(ModelSize size) => new()
    {
        FirstOrder = FirstOrderConfig.For(size) with
        {
            KeypointCount = Paper.FirstOrder.KeypointCount,
            AlignCorners = Paper.FirstOrder.AlignCorners,
            BottleneckBlocks = size == ModelSize.Paper ? Paper.FirstOrder.BottleneckBlocks : 2,
        },
        DepthWidth = size.Scaled(Paper.DepthWidth),
        DisparityWidth = size.Scaled(Paper.DisparityWidth),
    };

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        FirstOrder.Validate();
        if (FirstOrder.DownBlocks != Halvings) throw new ArgumentException($"The published generator halves its sides {Halvings} times, not {FirstOrder.DownBlocks}.");
        ArgumentOutOfRangeException.ThrowIfLessThan(DepthWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DisparityWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstOrder.BaseChannels << FirstOrder.DownBlocks, QueryReduction);
        if (FirstOrder.ImageSize % DepthDecoder.Reduction != 0 || FirstOrder.ImageSize == DepthDecoder.Reduction)
            throw new ArgumentException($"An image size of {FirstOrder.ImageSize} does not divide by {DepthDecoder.Reduction}, which the depth network reduces it by, into two or more.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    public static DepthAwareConfig Of(PublishedParts parts)
    {
        const string Generator = "generator";
        return new DepthAwareConfig
        {
            FirstOrder = FirstOrderWeights.Hourglasses(parts, ("kp_detector", ""), (Generator, "dense_motion_network."), Paper.FirstOrder) with
            {
                BaseChannels = parts.Size(Generator, "first.conv.weight", 0),
                BottleneckBlocks = parts.Blocks(Generator, "bottleneck.r"),
            },
            Modulated = parts.Has(Generator, "decoder.fc.weight"),
            DepthWidth = parts.Size("depth_encoder", "encoder.conv1.weight", 0),
            DeepDepth = parts.Has("depth_encoder", "encoder.layer1.0.conv3.weight"),
            DisparityWidth = parts.Size("depth_decoder", "decoder.10.conv.weight", 1),
        };
    }
}
