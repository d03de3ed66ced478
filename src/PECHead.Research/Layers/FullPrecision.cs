using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>What keeps its precision where convolutions and matrix products are narrowed: of a place, 8 bits of mantissa are half a pixel of error; of a loss, all of its fall.</summary>
internal static class FullPrecision
{
    /// <summary>The same numbers in float32, or in float64 if they are so already.</summary>
    /// <param name="tensor">Any floating-point numbers.</param>
    public static Tensor Widened(this Tensor tensor) => tensor.dtype is ScalarType.Float32 or ScalarType.Float64 ? tensor : tensor.to(ScalarType.Float32);

    /// <summary>The product A·B of small matrices, as a sum, which mixed precision does not narrow.</summary>
    /// <param name="left">A [..., n, k].</param>
    /// <param name="right">B [..., k, m], of as many or fewer axes in front.</param>
    /// <returns>[..., n, m].</returns>
    public static Tensor Product(Tensor left, Tensor right)
    {
        using var scope = NewDisposeScope();
        return (left.unsqueeze(-1) * right.unsqueeze(-3)).sum([-2]).MoveToOuterDisposeScope();
    }

    /// <summary>What a layer with a bias gives, not narrowed.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="features">[N, inputs], as precise as the layer.</param>
    /// <returns>[N, outputs].</returns>
    public static Tensor Product(Linear layer, Tensor features)
    {
        using var scope = NewDisposeScope();
        return (Product(features.unsqueeze(1), layer.weight!.t()).squeeze(1) + layer.bias!).MoveToOuterDisposeScope();
    }
}
