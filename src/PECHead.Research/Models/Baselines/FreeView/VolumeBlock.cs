using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>Blocks of volumes with convolutions of 3x3x3; height and width stay, halve afterwards or double before. The depth stays.</summary>
/// <remarks><b>Paper:</b> One-Shot Free-View, supplement: the blocks of First Order Motion Model with a third axis.</remarks>
internal static class VolumeBlock
{
    private static readonly long[] Half = [1, 2, 2];
    private static readonly double[] Twice = [1, 2, 2];

    /// <summary>A block that halves height and width.</summary>
    public static NormalizedBlock Down(long inChannels, long outChannels)
        => new(new VolumeConv(inChannels, outChannels, 3), nn.BatchNorm3d(outChannels), after: volume => nn.functional.avg_pool3d(volume, Half, Half));

    /// <summary>A block that doubles height and width.</summary>
    public static NormalizedBlock Up(long inChannels, long outChannels) => new(
        new VolumeConv(inChannels, outChannels, 3), nn.BatchNorm3d(outChannels),
        before: volume => nn.functional.interpolate(volume, scale_factor: Twice, mode: InterpolationMode.Nearest));

    /// <summary>A residual block.</summary>
    public static PreActivationBlock Residual(long channels) => new(() => new VolumeConv(channels, channels, 3), () => nn.BatchNorm3d(channels));
}
