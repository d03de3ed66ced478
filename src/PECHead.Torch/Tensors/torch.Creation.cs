using System.Runtime.InteropServices;
using PECHead.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.empty.Call(size, dtype ?? ScalarType.Float32, Argument.None, device), requires_grad, names);

    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.zeros.Call(size, dtype ?? ScalarType.Float32, Argument.None, device), requires_grad, names);

    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.ones.Call(size, dtype ?? ScalarType.Float32, Argument.None, device), requires_grad, names);

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.full.Call(size, value, dtype ?? DefaultType(value), Argument.None, device), requires_grad, names);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.eye.Call(rows, columns < 0 ? rows : columns, dtype ?? ScalarType.Float32, Argument.None, device), requires_grad, names);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.empty_like.Call(input, dtype, Argument.None, device), requires_grad, names);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.zeros_like.Call(input, dtype, Argument.None, device), requires_grad, names);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => Created(Aten.ones_like.Call(input, dtype, Argument.None, device), requires_grad, names);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Created(Aten.arange.Call(start, stop, step, dtype ?? RangeType(start, stop, step), Argument.None, device), requires_grad, null);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Created(Aten.linspace.Call(start, end, steps, dtype ?? ScalarType.Float32, Argument.None, device), requires_grad, null);

    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => Created(Aten.rand.Call(size, generator, dtype ?? ScalarType.Float32, Argument.None, device), requires_grad, names);

    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => Created(Aten.randn.Call(size, generator, dtype ?? ScalarType.Float32, Argument.None, device), requires_grad, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
        => Created(Aten.randint.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Argument.None, device), requires_grad, names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
        => Created(Aten.randperm.Call(n, generator, dtype ?? ScalarType.Int64, Argument.None, device), requires_grad, null);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Created(Aten.rand_like.Call(input, dtype, Argument.None, device), requires_grad, null);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Created(Aten.randn_like.Call(input, dtype, Argument.None, device), requires_grad, null);

    /// <summary>A copy of an array of any rank as a tensor of its shape.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        var source = ScalarTypeOf(rawArray.GetType().GetElementType()!);
        var shape = Enumerable.Range(0, rawArray.Rank).Select(d => (long)rawArray.GetLength(d)).ToArray();
        return FromMemory(MemoryOf(rawArray, source), shape, source, dtype, device, requires_grad, names);
    }

    /// <summary>A copy of <paramref name="count"/> elements of an array from <paramref name="offset"/>, reinterpreted as <paramref name="dtype"/>.</summary>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        var source = ScalarTypeOf(rawArray.GetType().GetElementType()!);
        var memory = MemoryOf(rawArray, source)[(int)(offset * source.ElementSize())..];
        var elements = count < 0 ? memory.Length / dtype.ElementSize() : count;
        return FromMemory(memory[..(int)(elements * dtype.ElementSize())], [elements], dtype, null, null, requires_grad, null);
    }

    /// <summary>A copy of memory as a tensor; a vector where no shape is given.</summary>
    internal static Tensor FromMemory(
        ReadOnlySpan<byte> memory, long[]? shape, ScalarType source, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        shape ??= [memory.Length / source.ElementSize()];
        if (shape.TotalSize() * source.ElementSize() != memory.Length)
        {
            throw new ArgumentException($"{memory.Length / source.ElementSize()} elements do not fill the shape [{string.Join(", ", shape)}]");
        }
        var result = empty(shape, source);
        memory.CopyTo(result.bytes);
        if (dtype is { } type && type != source) result = result.to(type, disposeAfter: true);
        if (device is not null && device.type != DeviceType.CPU) result = result.to(device, disposeAfter: true);
        return Created(result, requires_grad, names);
    }

    private static Tensor Created(Tensor tensor, bool requires_grad, string[]? names)
    {
        if (names is not null) throw new NotSupportedException("named tensors are not part of this binding");
        return requires_grad ? tensor.requires_grad_() : tensor;
    }

    private static ReadOnlySpan<byte> MemoryOf(Array array, ScalarType type)
        => MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), array.Length * type.ElementSize());

    private static ScalarType ScalarTypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        TypeCode.Boolean => ScalarType.Bool,
        _ => throw new NotSupportedException($"an array of {type} does not make a tensor"),
    };

    private static ScalarType DefaultType(Scalar value) => (value ?? throw new ArgumentNullException(nameof(value))).Type switch
    {
        ScalarType.Float32 or ScalarType.Float64 => ScalarType.Float32,
        ScalarType.Bool => ScalarType.Bool,
        _ => ScalarType.Int64,
    };

    private static ScalarType RangeType(params ReadOnlySpan<Scalar> bounds)
    {
        foreach (var bound in bounds) if (DefaultType(bound) == ScalarType.Float32) return ScalarType.Float32;
        return ScalarType.Int64;
    }
}
