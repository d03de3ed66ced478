namespace PECHead.Research.Models;

/// <summary>Sizes of a <see cref="MultiScaleDiscriminator"/>; the defaults are those for 256 px.</summary>
public sealed record DiscriminatorConfig
{
    private const int Kernel = 4;

    /// <summary>Channels of the first block; every block doubles them. <b>Choice:</b> 64, as in First Order Motion Model.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Blocks of convolution and pooling. <b>Choice:</b> 4, as in First Order Motion Model.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>Resolutions, each half of the one before. <b>Paper:</b> PECHead, Sec. 3.4: two.</summary>
    public int Scales { get; init; } = 2;

    /// <summary>Maps beside the colours of a frame, such as bumps at its keypoints. <b>Paper:</b> PECHead: none.</summary>
    public int ConditionChannels { get; init; }

    /// <summary>Whether weights are divided by their largest singular value. <b>Choice:</b> yes, as in face-vid2vid.</summary>
    public bool Spectral { get; init; } = true;

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    /// <param name="scales">See <see cref="Scales"/>.</param>
    /// <remarks><b>Choice:</b> as many blocks as leave a patch of the reduced frame.</remarks>
    public static DiscriminatorConfig For(ModelSize size, int scales = 2)
    {
        var full = new DiscriminatorConfig { Scales = scales };
        int blocks = full.Blocks;
        while (blocks > 1 && SideOfJudgement(size.ImageSize >> (full.Scales - 1), blocks) < 2) blocks--;
        return full with { BaseChannels = size.Scaled(full.BaseChannels), Blocks = blocks };
    }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BaseChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Blocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Scales, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ConditionChannels);
    }

    /// <summary>Pixels a side from which every scale has something to judge.</summary>
    internal long SmallestSide
    {
        get
        {
            int side = 1;
            while (SideOfJudgement(side >> (Scales - 1), Blocks) < 1) side++;
            return side;
        }
    }

    private static int SideAfter(int side, int blocks, int block)
        => block == blocks - 1 ? side - Kernel + 1 : (side - Kernel + 1) / 2;

    private static int SideOfJudgement(int side, int blocks)
        => Enumerable.Range(0, blocks).Aggregate(side, (current, block) => SideAfter(current, blocks, block));
}
