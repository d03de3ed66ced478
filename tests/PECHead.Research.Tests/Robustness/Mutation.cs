using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>A way to spoil a tensor.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Apply">Spoils it.</param>
/// <param name="MustWork">Whether the call has to take it.</param>
/// <param name="Differentiates">Whether the gradient is computed too, where there is one.</param>
internal sealed record Mutation(string Name, Func<Tensor, Tensor> Apply, bool MustWork = false, bool Differentiates = false)
{
    /// <summary>All that can be wrong with a tensor of a shape.</summary>
    public static IEnumerable<Mutation> For(long[] shape)
    {
        yield return new("nothing wrong, differentiated", tensor => tensor, MustWork: true, Differentiates: true);
        yield return new("a dimension more", tensor => tensor.unsqueeze(0));
        yield return new("two dimensions more", tensor => tensor.unsqueeze(-1).unsqueeze(0));
        if (shape.Length > 0) yield return new("a dimension less", tensor => tensor.select(0, 0));
        if (shape.Length > 1) yield return new("one dimension", tensor => tensor.flatten());
        for (int i = 0; i < shape.Length; i++)
        {
            long dimension = i;
            yield return new($"dimension {i} longer", tensor => cat([tensor, tensor.narrow(dimension, 0, 1)], dimension));
            if (shape[i] > 1) yield return new($"dimension {i} shorter", tensor => tensor.narrow(dimension, 0, shape[dimension] - 1));
            yield return new($"dimension {i} empty", tensor => tensor.narrow(dimension, 0, 0));
        }
        yield return new("int64", tensor => tensor.to(ScalarType.Int64));
        yield return new("bool", tensor => tensor.to(ScalarType.Bool));
        yield return new("float64", tensor => tensor.to(ScalarType.Float64));
        yield return new("disposed", Disposed);
        yield return new("null", _ => null!);
        foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f })
            yield return new($"{value} everywhere", tensor => tensor.is_floating_point() ? full_like(tensor, value) : tensor, Differentiates: true);
        if (shape.Length > 0) yield return new("NaN at one place", OneNaN, Differentiates: true);
        if (shape.Length > 1) yield return new("strided", Strided, MustWork: true);
        if (shape.Length == 4) yield return new("channels last", Accelerator.ChannelsLast, MustWork: true);
    }

    private static Tensor Disposed(Tensor tensor)
    {
        tensor.Dispose();
        return tensor;
    }

    private static Tensor OneNaN(Tensor tensor)
    {
        var spoilt = tensor.clone();
        if (spoilt.is_floating_point()) spoilt.flatten().narrow(0, 0, 1).fill_(float.NaN);
        return spoilt;
    }

    private static Tensor Strided(Tensor tensor) => stack([tensor, tensor], -1).select(-1, 0);
}
