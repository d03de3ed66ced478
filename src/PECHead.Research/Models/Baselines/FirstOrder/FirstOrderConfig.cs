namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>Everything that fixes the architecture of a <see cref="FirstOrderModel"/>; the defaults are those of vox-256.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model (Siarohin et al. 2019) and its published configuration for VoxCeleb.</remarks>
public sealed record FirstOrderConfig
{
    /// <summary>Side of the square frames in pixels. <b>Paper:</b> 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>K, learned keypoints. <b>Paper:</b> 10.</summary>
    public int KeypointCount { get; init; } = 10;

    /// <summary>How many times smaller the frames are on which points and motion are found. <b>Paper:</b> 4.</summary>
    public int Reduction { get; init; } = 4;

    /// <summary>Channels of the last decoder step of the detector's hourglass. <b>Paper:</b> 32.</summary>
    public int DetectorExpansion { get; init; } = 32;

    /// <summary>Channels of the last decoder step of the motion's hourglass. <b>Paper:</b> 64.</summary>
    public int MotionExpansion { get; init; } = 64;

    /// <summary>Upper bound of the channels of both hourglasses. <b>Paper:</b> 1024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings of both hourglasses. <b>Paper:</b> 5.</summary>
    public int HourglassDepth { get; init; } = 5;

    /// <summary>Channels of the generator at full resolution. <b>Paper:</b> 64.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Halvings of the generator. <b>Paper:</b> 2.</summary>
    public int DownBlocks { get; init; } = 2;

    /// <summary>Residual blocks of the generator. <b>Paper:</b> 6.</summary>
    public int BottleneckBlocks { get; init; } = 6;

    /// <summary>
    /// Whether all keypoints share one map of Jacobians, as in the published weights of <c>mgif-256</c>; false gives each its own.
    /// </summary>
    public bool SharedJacobian { get; init; }

    /// <summary>
    /// Convention of sampling. The published weights were trained when sampling had its ends at pixel centres, which is true;
    /// false is what the published code does under a PyTorch since 1.4, where the default changed.
    /// </summary>
    public bool AlignCorners { get; init; } = true;

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static FirstOrderConfig For(ModelSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        var full = new FirstOrderConfig();
        return full with
        {
            ImageSize = size.ImageSize,
            DetectorExpansion = size.Scaled(full.DetectorExpansion),
            MotionExpansion = size.Scaled(full.MotionExpansion),
            MaxChannels = size.MaxChannels,
            HourglassDepth = size.HourglassDepth,
            BaseChannels = size.Scaled(full.BaseChannels),
        };
    }

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        foreach (int value in new[] { ImageSize, KeypointCount, Reduction, DetectorExpansion, MotionExpansion, MaxChannels, HourglassDepth, BaseChannels, DownBlocks })
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(BottleneckBlocks);
        if (ImageSize % (Reduction << HourglassDepth) != 0 || ImageSize % (1 << DownBlocks) != 0)
            throw new ArgumentException($"An image size of {ImageSize} does not divide by the halvings of the hourglasses or of the generator.");
    }
}
