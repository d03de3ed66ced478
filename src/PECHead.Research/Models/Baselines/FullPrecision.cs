using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Geometry keeps its precision where convolutions and matrix products are narrowed: 8 bits of mantissa are half a pixel of error.</summary>
internal static class FullPrecision
{
    /// <summary>What a network says of places and angles, in float32, or in float64 where the model is of that type.</summary>
    /// <param name="values">Of any floating type.</param>
    public static Tensor Of(Tensor values) => values.dtype == ScalarType.Float64 ? values : values.to(ScalarType.Float32);

    /// <summary>The product A·B of small matrices, as a sum, which mixed precision does not narrow.</summary>
    /// <param name="left">A [..., n, k].</param>
    /// <param name="right">B [..., k, m], of as many or fewer axes in front.</param>
    /// <returns>[..., n, m].</returns>
    public static Tensor Product(Tensor left, Tensor right)
    {
        using var scope = NewDisposeScope();
        return (left.unsqueeze(-1) * right.unsqueeze(-3)).sum([-2]).MoveToOuterDisposeScope();
    }
}
