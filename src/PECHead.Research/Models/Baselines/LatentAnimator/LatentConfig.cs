namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Everything that fixes the architecture of a <see cref="LatentModel"/>; the defaults are those of vox.</summary>
/// <remarks><b>Paper:</b> Latent Image Animator (Wang et al. 2022); the widths are those of StyleGAN2.</remarks>
internal sealed record LatentConfig
{
    /// <summary>Side of the smallest map in pixels. <b>Paper:</b> 4, as in StyleGAN2.</summary>
    public const int SmallestSide = 4;

    /// <summary>The published size, 256 px.</summary>
    public static LatentConfig Paper { get; } = new();

    /// <summary>128 px, a quarter of the width. <b>Choice:</b> as the small sizes of the other models.</summary>
    public static LatentConfig Small { get; } = For(ModelSize.Small);

    /// <summary>Side of the square frames in pixels, a power of two from 16. <b>Paper:</b> 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Numbers of a latent code. <b>Paper:</b> 512.</summary>
    public int CodeSize { get; init; } = 512;

    /// <summary>Directions of the motion. <b>Paper:</b> 20.</summary>
    public int DirectionCount { get; init; } = 20;

    /// <summary>Upper bound of the channels of a map. <b>Paper:</b> StyleGAN2: 512.</summary>
    public int MaxChannels { get; init; } = 512;

    /// <summary>Channels of a map times its side, below the upper bound. <b>Paper:</b> StyleGAN2: 64 at 256 px.</summary>
    public int ChannelSide { get; init; } = 16384;

    /// <summary>Convention of sampling. <b>Choice:</b> false, what the published code does.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>Channels of a map.</summary>
    /// <param name="side">Its side in pixels.</param>
    internal int Channels(int side) => Math.Min(MaxChannels, ChannelSide / side);

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static LatentConfig For(ModelSize size) => new()
    {
        ImageSize = size.ImageSize,
        CodeSize = size.Scaled(512),
        MaxChannels = size.Scaled(512),
        ChannelSide = size.Scaled(64) * size.ImageSize,
    };

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range.</exception>
    public void Validate()
    {
        foreach (int value in new[] { CodeSize, MaxChannels })
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        if (ImageSize < 4 * SmallestSide || !int.IsPow2(ImageSize)) throw new ArgumentException($"An image size of {ImageSize} is no power of two from {4 * SmallestSide}.");
        if (DirectionCount < 1 || DirectionCount > CodeSize) throw new ArgumentException($"{DirectionCount} directions are not orthogonal in {CodeSize} dimensions.");
        if (ChannelSide < ImageSize) throw new ArgumentException($"The largest map would have no channels: {ChannelSide} by a side of {ImageSize}.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    public static LatentConfig Of(PublishedParts parts)
    {
        const string Part = "gen";
        int side = SmallestSide << Math.Max(2, parts.Blocks(Part, "dec.to_flows."));
        return new LatentConfig
        {
            ImageSize = side,
            CodeSize = parts.Size(Part, "dec.direction.weight", 0),
            DirectionCount = parts.Size(Part, "dec.direction.weight", 1),
            MaxChannels = parts.Size(Part, "dec.input.input", 1),
            ChannelSide = parts.Size(Part, "enc.net_app.convs.0.0.weight", 0) * side,
        };
    }
}
