using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>The change of size that a <see cref="ResampledConv2d"/> makes, alone or in a residual block.</summary>
internal enum Resampling
{
    /// <summary>Nearest-neighbour doubling before the convolution.</summary>
    DoubledBefore,

    /// <summary>The mean of 2x2 pixels after the convolution; a last odd row or column is dropped.</summary>
    HalvedAfter,
}

/// <summary>What residual blocks that change the size do alike.</summary>
internal static class Resamplings
{
    /// <summary>Adds the skip to the residual, in place: the input, changed in size as the residual was, through a 1x1 convolution on the smaller map.</summary>
    /// <param name="resampling">The change of size.</param>
    /// <param name="residual">[N, outChannels, 2H, 2W] or [N, outChannels, H/2, W/2]; it is changed.</param>
    /// <param name="input">[N, inChannels, H, W].</param>
    /// <param name="skip">The convolution.</param>
    public static Tensor AddSkip(this Resampling resampling, Tensor residual, Tensor input, Conv2d skip) => resampling == Resampling.DoubledBefore
        ? Upsampling.AddNearest(residual, skip.call(input))
        : residual.add_(skip.call(nn.functional.avg_pool2d(input, 2)));
}
