using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// Checks at the public edge: libtorch answers some bad input by ending the process, and most of the rest by an error that
/// does not know the argument. The messages show the expected and the received shape.
/// </summary>
internal static class TensorGuard
{
    /// <summary>Stands for a dimension of any size, 0 included.</summary>
    public const long Any = -1;

    /// <summary>Stands for a dimension of any size from 1.</summary>
    public const long Some = -2;

    private static readonly ConditionalWeakTable<nn.Module, Parameter> Weights = [];

    /// <summary>Throws unless <paramref name="tensor"/> has floating-point numbers in the <paramref name="expected"/> shape.</summary>
    /// <param name="tensor">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="expected">Sizes, <see cref="Any"/> or <see cref="Some"/> where free.</param>
    /// <exception cref="ArgumentNullException">No tensor.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
    /// <exception cref="ArgumentException">Another rank, another size or another type.</exception>
    public static void Shape(Tensor tensor, string name, params ReadOnlySpan<long> expected)
    {
        Sizes(tensor, name, expected);
        if (!tensor.is_floating_point())
            throw new ArgumentException($"Expected shape {Describe(expected)} of floating-point numbers, received {Describe(tensor.shape)} of {tensor.dtype}.", name);
    }

    /// <summary>Throws unless <paramref name="tensor"/> has the <paramref name="expected"/> shape, of whatever type.</summary>
    /// <inheritdoc cref="Shape"/>
    public static void Sizes(Tensor tensor, string name, params ReadOnlySpan<long> expected)
    {
        if (tensor is null) throw new ArgumentNullException(name, $"Expected shape {Describe(expected)}, received no tensor.");
        if (tensor.IsInvalid) throw new ObjectDisposedException(name, $"{name}: Expected shape {Describe(expected)}, received a disposed tensor.");
        long[] shape = tensor.shape;
        bool matches = shape.Length == expected.Length;
        for (int i = 0; matches && i < shape.Length; i++)
            matches = expected[i] == Any || (expected[i] == Some && shape[i] > 0) || expected[i] == shape[i];
        if (!matches)
            throw new ArgumentException($"Expected shape {Describe(expected)}, received {Describe(shape)}.", name);
    }

    /// <summary>Throws unless <paramref name="tensor"/> has elements of <paramref name="type"/> in the <paramref name="expected"/> shape.</summary>
    /// <param name="tensor">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="type">The only type that fits.</param>
    /// <param name="expected">Sizes, <see cref="Any"/> or <see cref="Some"/> where free.</param>
    /// <exception cref="ArgumentException">Another rank, another size or another type.</exception>
    public static void Typed(Tensor tensor, string name, ScalarType type, params ReadOnlySpan<long> expected)
    {
        Sizes(tensor, name, expected);
        if (tensor.dtype != type)
            throw new ArgumentException($"Expected shape {Describe(expected)} of {type}, received {Describe(tensor.shape)} of {tensor.dtype}.", name);
    }

    /// <summary>Throws unless <paramref name="tensor"/> has floating-point numbers.</summary>
    /// <inheritdoc cref="Shape"/>
    public static void Floating(Tensor tensor, string name) => Shape(tensor, name, tensor is { IsInvalid: false } ? tensor.shape : [Any]);

    /// <summary>Throws unless <paramref name="indices"/> are int64 numbers of rows from 0 to <paramref name="count"/> − 1.</summary>
    /// <param name="indices">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="count">How many rows there are.</param>
    /// <exception cref="ArgumentException">Another rank, another type or an index beyond.</exception>
    public static void Rows(Tensor indices, string name, long count)
    {
        Typed(indices, name, ScalarType.Int64, Any);
        using var scope = NewDisposeScope();
        if (indices.lt(0).logical_or(indices.ge(count)).any().ToBoolean())
            throw new ArgumentException($"Expected rows of {count}, received indices beyond.", name);
    }

    /// <summary><see cref="Shape"/>, and of a type and on a device that the weights of <paramref name="module"/> can be applied to.</summary>
    /// <param name="module">The module whose input it is.</param>
    /// <param name="tensor">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="expected">Sizes, <see cref="Any"/> or <see cref="Some"/> where free.</param>
    /// <exception cref="ArgumentException">Another rank, another size, another type or another device.</exception>
    public static void Input(nn.Module module, Tensor tensor, string name, params ReadOnlySpan<long> expected)
    {
        Shape(tensor, name, expected);
        if (Weight(module) is { } weight) Mixes(tensor, name, weight, "the weights");
    }

    /// <summary>Throws unless two tensors, checked before, are on one device and both or neither of double precision.</summary>
    /// <param name="tensor">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="other">What it is computed with.</param>
    /// <param name="otherName">Name of that argument.</param>
    /// <exception cref="ArgumentException">Another precision or device.</exception>
    public static void Mixes(Tensor tensor, string name, Tensor other, string otherName)
    {
        // Mixed precision hands half-precision activations to float32 weights; double precision mixes with nothing.
        if ((tensor.dtype == ScalarType.Float64) != (other.dtype == ScalarType.Float64) || tensor.device_type != other.device_type)
            throw Mismatch(tensor, name, other, otherName);
    }

    /// <summary>Throws unless two tensors, checked before, have the same type and device.</summary>
    /// <param name="tensor">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="other">What it is computed with.</param>
    /// <param name="otherName">Name of that argument.</param>
    /// <exception cref="ArgumentException">Another type or device.</exception>
    public static void Same(Tensor tensor, string name, Tensor other, string otherName)
    {
        if (tensor.dtype != other.dtype || tensor.device_type != other.device_type)
            throw Mismatch(tensor, name, other, otherName);
    }

    /// <summary>Throws unless all numbers are finite. On a GPU this waits for the device.</summary>
    /// <param name="tensor">Tensor to check.</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <exception cref="NotFiniteNumberException">An infinity, or not a number.</exception>
    public static void Finite(Tensor tensor, string name)
    {
        using var scope = NewDisposeScope();
        if (!tensor.isfinite().all().ToBoolean())
            throw new NotFiniteNumberException($"{name}: Expected finite numbers, received {Describe(tensor.shape)} with infinities or NaN.");
    }

    private static Parameter? Weight(nn.Module module)
    {
        if (Weights.TryGetValue(module, out var known) && !known.IsInvalid) return known;
        if (module.parameters().FirstOrDefault() is not { } first) return null;
        Weights.AddOrUpdate(module, first);
        return first;
    }

    private static ArgumentException Mismatch(Tensor tensor, string name, Tensor other, string otherName) => new(
        $"Expected {other.dtype} on {other.device_type} as {otherName}, received {tensor.dtype} on {tensor.device_type} of shape {Describe(tensor.shape)}.", name);

    private static string Describe(ReadOnlySpan<long> shape)
    {
        var parts = new string[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            parts[i] = shape[i] switch { Any => "*", Some => "+", var size => $"{size}" };
        return $"[{string.Join(", ", parts)}]";
    }
}
