using System.Runtime.CompilerServices;
using TorchSharp;

namespace PECHead.Torch.Interop;

/// <summary>
/// One argument of an operator before it crosses into native code. The implicit conversions let a call read like
/// the schema: <c>Conv2d.Call(input, weight, bias, strides)</c>; null becomes the schema's None.
/// </summary>
public readonly struct Argument
{
    internal readonly object? Reference;
    internal readonly long Bits;
    internal readonly Tag Tag;

    private Argument(Tag tag, long bits = 0, object? reference = null)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>The schema's default value.</summary>
    public static Argument Default => default;

    /// <summary>The schema's None.</summary>
    public static Argument None => new(Tag.None);

    /// <summary>A tensor.</summary>
    public static implicit operator Argument(torch.Tensor? value) => value is null ? None : new(Tag.Tensor, 0, value);

    /// <summary>An integer.</summary>
    public static implicit operator Argument(long value) => new(Tag.Int, value);

    /// <summary>An optional integer.</summary>
    public static implicit operator Argument(long? value) => value is { } number ? number : None;

    /// <summary>A float.</summary>
    public static implicit operator Argument(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>An optional float.</summary>
    public static implicit operator Argument(double? value) => value is { } number ? number : None;

    /// <summary>A bool.</summary>
    public static implicit operator Argument(bool value) => new(Tag.Bool, value ? 1 : 0);

    /// <summary>An optional bool.</summary>
    public static implicit operator Argument(bool? value) => value is { } flag ? flag : None;

    /// <summary>A list of integers.</summary>
    public static implicit operator Argument(long[]? value) => value is null ? None : new(Tag.IntList, 0, value);

    /// <summary>A list of floats.</summary>
    public static implicit operator Argument(double[]? value) => value is null ? None : new(Tag.DoubleList, 0, value);

    /// <summary>A list of tensors.</summary>
    public static implicit operator Argument(torch.Tensor?[]? value) => value is null ? None : new(Tag.TensorList, 0, value);

    /// <summary>A string.</summary>
    public static implicit operator Argument(string? value) => value is null ? None : new(Tag.String, 0, value);

    /// <summary>A number of either kind.</summary>
    public static implicit operator Argument(Scalar? value) => value is null ? None : value.ToArgument();

    /// <summary>An element type.</summary>
    /// <exception cref="ArgumentException">Not a type that tensors of this binding have; libtorch does not check.</exception>
    public static implicit operator Argument(torch.ScalarType value)
        => value.IsElementType() ? new(Tag.Int, (long)value) : throw new ArgumentException($"{value} is no element type of this binding");

    /// <summary>An optional element type.</summary>
    public static implicit operator Argument(torch.ScalarType? value) => value is { } type ? type : None;

    /// <summary>A device.</summary>
    public static implicit operator Argument(torch.Device? value) => value is null ? None : new(Tag.Device, 0, value);

    /// <summary>A generator of random numbers.</summary>
    public static implicit operator Argument(torch.Generator? value) => value is null ? None : new(Tag.Generator, 0, value);

    /// <summary>What to say of this argument in an error message.</summary>
    internal string Describe() => Tag switch
    {
        Tag.Default => "default",
        Tag.None => "None",
        Tag.Tensor => Describe(Unsafe.As<torch.Tensor>(Reference!)),
        Tag.Int => $"{Bits}",
        Tag.Double => $"{BitConverter.Int64BitsToDouble(Bits)}",
        Tag.Bool => Bits != 0 ? "true" : "false",
        Tag.IntList => $"[{string.Join(", ", (long[])Reference!)}]",
        Tag.DoubleList => $"[{string.Join(", ", (double[])Reference!)}]",
        Tag.Generator => "a generator",
        Tag.TensorList => $"[{string.Join(", ", ((torch.Tensor?[])Reference!).Take(8).Select(Describe))}]",
        Tag.String => $"'{Reference}'",
        _ => Reference?.ToString() ?? Tag.ToString(),
    };

    private static string Describe(torch.Tensor? tensor)
        => tensor is null ? "None" : tensor.IsInvalid ? "a disposed tensor" : $"{tensor.dtype}[{string.Join(", ", tensor.shape)}]";
}
