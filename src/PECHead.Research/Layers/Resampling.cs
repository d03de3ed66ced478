namespace PECHead.Research.Layers;

/// <summary>The change of size that a <see cref="ResampledConv2d"/> makes.</summary>
internal enum Resampling
{
    /// <summary>Nearest-neighbour doubling before the convolution.</summary>
    DoubledBefore,

    /// <summary>The mean of 2x2 pixels after the convolution; a last odd row or column is dropped.</summary>
    HalvedAfter,
}
