using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Blocks with instance normalisation; the sides stay, halve afterwards or double before.</summary>
/// <remarks><b>Paper:</b> the blocks of First Order Motion Model, as Thin-Plate Spline Motion Model normalises them.</remarks>
internal static class InstanceBlock
{
    /// <summary>A block that keeps the resolution.</summary>
    public static NormalizedBlock Same(long inChannels, long outChannels, long kernelSize) => new(Conv(inChannels, outChannels, kernelSize), Norm(outChannels));

    /// <summary>A block that halves both sides.</summary>
    public static NormalizedBlock Down(long inChannels, long outChannels)
        => new(Conv(inChannels, outChannels, 3), Norm(outChannels), after: features => nn.functional.avg_pool2d(features, 2));

    /// <summary>A block that doubles both sides.</summary>
    public static NormalizedBlock Up(long inChannels, long outChannels) => new(Conv(inChannels, outChannels, 3), Norm(outChannels), before: Upsampling.Nearest);

    /// <summary>A residual block.</summary>
    public static PreActivationBlock Residual(long channels) => new(() => Conv(channels, channels, 3), () => Norm(channels));

    private static Conv2d Conv(long inChannels, long outChannels, long kernelSize) => nn.Conv2d(inChannels, outChannels, kernelSize, padding: kernelSize / 2);

    private static InstanceNorm2d Norm(long channels) => nn.InstanceNorm2d(channels, affine: true);
}
