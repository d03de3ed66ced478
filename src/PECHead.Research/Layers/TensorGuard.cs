using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Shape checks at the public edge; the message shows the expected and the received shape.</summary>
internal static class TensorGuard
{
    /// <summary>Stands for a dimension of any size.</summary>
    public const long Any = -1;

    /// <summary>Throws unless <paramref name="tensor"/> has the <paramref name="expected"/> shape.</summary>
    /// <param name="tensor">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="expected">Sizes, <see cref="Any"/> where free.</param>
    /// <exception cref="ArgumentNullException">No tensor.</exception>
    /// <exception cref="ArgumentException">Another rank or another size.</exception>
    public static void Shape(Tensor tensor, string name, params ReadOnlySpan<long> expected)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        long[] shape = tensor.shape;
        bool matches = shape.Length == expected.Length;
        for (int i = 0; matches && i < shape.Length; i++)
            matches = expected[i] == Any || expected[i] == shape[i];
        if (!matches)
            throw new ArgumentException($"Expected shape {Describe(expected)}, received {Describe(shape)}.", name);
    }

    private static string Describe(ReadOnlySpan<long> shape)
    {
        var parts = new string[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            parts[i] = shape[i] == Any ? "*" : $"{shape[i]}";
        return $"[{string.Join(", ", parts)}]";
    }
}
