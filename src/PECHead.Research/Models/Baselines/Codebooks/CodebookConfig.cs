using PECHead.Research.Models.Baselines.FirstOrder;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Everything that fixes the architecture of a <see cref="CodebookModel"/>; the defaults are those of the published configuration for VoxCeleb.</summary>
/// <remarks><b>Paper:</b> Synergizing Motion and Appearance (Zhao et al. 2025).</remarks>
internal sealed record CodebookConfig
{
    /// <summary>Resolutions at which motion and features are compensated, from the smallest to that of the frame.</summary>
    public const int ScaleCount = 4;

    /// <summary>Layers of a transformer. <b>Paper:</b> 2.</summary>
    public const int LayerCount = 2;

    /// <summary>Heads of an attention. <b>Paper:</b> 8.</summary>
    public const int HeadCount = 8;

    private static readonly int[] Multiples = [1, 2, 2, 4];   // of the channels, from the resolution of the frame down

    /// <summary>The published size, 256 px.</summary>
    public static CodebookConfig Paper { get; } = new();

    /// <summary>128 px, a quarter of the width and of the codes. <b>Choice:</b> as the small sizes of the other models.</summary>
    public static CodebookConfig Small { get; } = For(ModelSize.Small);

    /// <summary>
    /// The detector and the motion of First Order Motion Model, with 15 keypoints; its generator is not used. <b>Choice:</b> where the candidate motions warp the reduced frame the ends of
    /// sampling lie at the outer edges of border pixels, as published; in all other sampling they lie at pixel centres.
    /// </summary>
    public FirstOrderConfig Estimator { get; init; } = new() { KeypointCount = 15, AlignCorners = false };

    /// <summary>Channels of the autoencoder at full resolution. <b>Paper:</b> 64.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Codes of each codebook; a multiple of <see cref="ScaleCount"/>. <b>Paper:</b> 1024.</summary>
    public int CodeCount { get; init; } = 1024;

    /// <summary>Numbers of a code of motion. <b>Paper:</b> 32.</summary>
    public int MotionCodeSize { get; init; } = 32;

    /// <summary>Numbers of a code of appearance, and channels between encoder and decoder. <b>Paper:</b> 256.</summary>
    public int AppearanceCodeSize { get; init; } = 256;

    /// <summary>Channels of the hidden layers that refine the motion.</summary>
    public int HeadChannels { get; init; } = 128;

    /// <summary>Whether there is a discriminator. <b>Paper:</b> in training.</summary>
    public bool HasDiscriminator { get; init; }

    /// <summary>
    /// Whether an occlusion, which is a sigmoid already, is one of the sum with its change again at every scale, as the published weights were trained. Otherwise
    /// the changes add up before one sigmoid.
    /// </summary>
    public bool DoubleSigmoid { get; init; } = true;

    /// <summary>The configuration of one of the sizes. <b>Choice:</b> a code of motion has at least 16 numbers: two for each head.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static CodebookConfig For(ModelSize size) => new()
    {
        Estimator = FirstOrderConfig.For(size) with
        {
            KeypointCount = Paper.Estimator.KeypointCount,
            AlignCorners = Paper.Estimator.AlignCorners,
            BaseChannels = Paper.Estimator.BaseChannels,    // of the generator, which is not used
        },
        BaseChannels = size.Scaled(64),
        CodeCount = size.Scaled(1024),
        MotionCodeSize = Math.Max(2 * HeadCount, size.Scaled(32)),
        AppearanceCodeSize = size.Scaled(256),
        HeadChannels = size.Scaled(128),
    };

    /// <summary>Side of the square frames in pixels. <b>Paper:</b> 256.</summary>
    internal int ImageSize => Estimator.ImageSize;

    /// <summary>Side of the maps that become tokens.</summary>
    internal int TokenSide => ImageSize >> (ScaleCount - 1);

    /// <summary>Channels of the autoencoder at a resolution.</summary>
    /// <param name="level">0 is that of the frame; each next one has half the side.</param>
    internal int Width(int level) => BaseChannels * Multiples[level];

    /// <summary>Channels of the source's features that are compensated at a scale.</summary>
    /// <param name="scale">0 is the smallest.</param>
    internal int Channels(int scale) => scale == 0 ? AppearanceCodeSize : Width(ScaleCount - 1 - scale);

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        Estimator.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BaseChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(HeadChannels, 4);
        if (CodeCount < ScaleCount || CodeCount % ScaleCount != 0) throw new ArgumentException($"{CodeCount} codes do not divide by the {ScaleCount} scales.");
        foreach (int size in new[] { MotionCodeSize, AppearanceCodeSize })
        {
            if (size < HeadCount || size % HeadCount != 0) throw new ArgumentException($"A code of {size} numbers does not divide by the {HeadCount} heads.");
        }
        if (ImageSize % (1 << ScaleCount) != 0) throw new ArgumentException($"An image size of {ImageSize} does not divide by the halvings of the autoencoder.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    /// <param name="all">Whether to keep the discriminator.</param>
    public static CodebookConfig Of(PublishedParts parts, bool all)
    {
        const string Generator = CompensationNetwork.Part, Motion = MotionEstimator.Part;
        return new CodebookConfig
        {
            Estimator = FirstOrderWeights.Hourglasses(parts, (Motion, "kp_detector."), (Motion, "dense_motion_network."), Paper.Estimator) with
            {
                ImageSize = (int)Math.Round(Math.Sqrt(parts.Size(Generator, "position_emb_app", 0))) << (ScaleCount - 1),
            },
            BaseChannels = parts.Size(Generator, "encoder.blocks.0.weight", 0),
            CodeCount = parts.Size(Generator, "quantize_app.embedding.weight", 0),
            MotionCodeSize = parts.Size(Generator, "quantize_motion.embedding.weight", 1),
            AppearanceCodeSize = parts.Size(Generator, "quantize_app.embedding.weight", 1),
            HeadChannels = parts.Size(Generator, "refine.conv1.weight", 0),
            HasDiscriminator = all && parts.Has(CodebookDiscriminator.Part),
        };
    }
}
