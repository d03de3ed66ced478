using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Leaves half precision where 8 bits of mantissa would be a pixel of error, or a loss that does not fall.</summary>
internal static class Widening
{
    /// <summary>The same numbers in float32, or in float64 if they are so already.</summary>
    /// <param name="tensor">Any floating-point numbers.</param>
    public static Tensor Widened(this Tensor tensor) => tensor.dtype is ScalarType.Float32 or ScalarType.Float64 ? tensor : tensor.to(ScalarType.Float32);
}
