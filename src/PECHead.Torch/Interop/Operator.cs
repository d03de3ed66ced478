using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace PECHead.Torch.Interop;

/// <summary>
/// An operator of the ATen dispatcher, found once by its schema name and called with tagged values. Every tensor
/// function of this assembly is one such call, so there is one place that pins arguments, guards against disposed
/// tensors and turns errors into exceptions.
/// </summary>
/// <remarks>
/// Public so that a library can reach what TorchSharp's API does not name (custom operators, memory formats) where
/// this assembly is present.
/// </remarks>
public sealed unsafe class Operator
{
    private const int MaxResults = 8;

    // Room for the lists of an ordinary call (sizes, strides, the tensors of a cat); longer ones go to the heap.
    private const int ScratchLength = 32;

    private readonly string _name;
    private readonly string _overload;
    private nint _handle;

    /// <summary>Names an operator; it is looked up at the first call.</summary>
    /// <param name="name">The schema name, such as <c>aten::add</c>.</param>
    /// <param name="overload">The overload name, such as <c>Tensor</c>; empty for the unnamed one.</param>
    public Operator(string name, string overload = "")
    {
        _name = name;
        _overload = overload;
    }

    /// <summary>The schema name with the overload.</summary>
    public string Name => _overload.Length == 0 ? _name : $"{_name}.{_overload}";

    /// <summary>Whether the loaded libtorch has this operator.</summary>
    public bool Exists => _handle != 0 || (_handle = Native.FindOperator(_name, _overload)) != 0;

    /// <summary>Calls an operator with one tensor as its result.</summary>
    /// <param name="arguments">Arguments in the schema's order; those left out take the schema's defaults.</param>
    /// <exception cref="TorchException">The operator refused the arguments.</exception>
    public torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        if (count != 1 || results[0].Tag is not (Tag.Tensor or Tag.None)) throw Unexpected(results, count, "one tensor");
        return Wrap(results[0])!;
    }

    /// <summary>Calls an operator of one tensor without the general lowering.</summary>
    /// <inheritdoc cref="Call(ReadOnlySpan{Argument})"/>
    internal torch.Tensor CallUnary(torch.Tensor input)
    {
        if (_handle == 0 || input.IsInvalid) return Call(input);
        var value = new NativeValue { Tag = Tag.Tensor, Bits = input.Acquire() };
        NativeValue result;
        var count = Native.Call(_handle, &value, 1, &result, 1);
        input.Return();
        return count == 1 && result.Tag == Tag.Tensor
            ? new torch.Tensor((nint)result.Bits, result.Length)
            : throw Failure([input], Native.LastError);
    }

    /// <summary>Calls an operator of two tensors, the most frequent kind, without the general lowering.</summary>
    /// <inheritdoc cref="Call(ReadOnlySpan{Argument})"/>
    internal torch.Tensor CallBinary(torch.Tensor first, torch.Tensor second)
    {
        if (_handle == 0 || first is null || second is null || first.IsInvalid || second.IsInvalid) return Call(first, second);
        var values = stackalloc NativeValue[2];
        NativeValue result;
        int count;
        values[0] = new NativeValue { Tag = Tag.Tensor, Bits = first.Acquire() };
        try
        {
            values[1] = new NativeValue { Tag = Tag.Tensor, Bits = second.Acquire() };
            count = Native.Call(_handle, values, 2, &result, 1);
            second.Return();
        }
        finally
        {
            first.Return();
        }
        return count == 1 && result.Tag == Tag.Tensor
            ? new torch.Tensor((nint)result.Bits, result.Length)
            : throw Failure([first, second], Native.LastError);
    }

    /// <summary>Calls an operator that returns several tensors.</summary>
    /// <inheritdoc cref="Call(ReadOnlySpan{Argument})"/>
    public torch.Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        if (count == 1 && results[0].Tag == Tag.TensorList) return WrapList(results[0]);
        var tensors = new torch.Tensor[count];
        for (var i = 0; i < count; i++)
        {
            if (results[i].Tag is not (Tag.Tensor or Tag.None)) throw Unexpected(results, count, "tensors");
            tensors[i] = Wrap(results[i])!;
        }
        return tensors;
    }

    /// <summary>Calls an operator that returns a bool.</summary>
    /// <inheritdoc cref="Call(ReadOnlySpan{Argument})"/>
    public bool CallBool(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        return count == 1 && results[0].Tag == Tag.Bool ? results[0].Bits != 0 : throw Unexpected(results, count, "a bool");
    }

    /// <summary>Calls an operator that changes its first argument and returns it.</summary>
    /// <returns>The first argument, the same object.</returns>
    /// <inheritdoc cref="Call(ReadOnlySpan{Argument})"/>
    public torch.Tensor CallInPlace(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        for (var i = 0; i < count; i++) Discard(results[i]);
        return Unsafe.As<torch.Tensor>(arguments[0].Reference!);
    }

    /// <summary>Calls an operator for a number.</summary>
    internal Scalar CallScalar(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = Invoke(arguments, results);
        if (count != 1) throw Unexpected(results, count, "a number");
        return results[0].Tag switch
        {
            Tag.Int => new Scalar(results[0].Bits),
            Tag.Double => new Scalar(BitConverter.Int64BitsToDouble(results[0].Bits)),
            Tag.Bool => new Scalar(results[0].Bits != 0),
            _ => throw Unexpected(results, count, "a number"),
        };
    }

    private static torch.Tensor? Wrap(in NativeValue value)
        => value.Tag == Tag.None ? null : new torch.Tensor((nint)value.Bits, value.Length);

    private static torch.Tensor[] WrapList(in NativeValue list)
    {
        var handles = (nint*)list.Bits;
        var tensors = new torch.Tensor[list.Length];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = new torch.Tensor(handles[i], 0);
        Native.Free((nint)handles);
        return tensors;
    }

    private static void Discard(in NativeValue value)
    {
        if (value.Tag == Tag.Tensor) Native.Release((nint)value.Bits);
        if (value.Tag == Tag.TensorList) foreach (var tensor in WrapList(value)) tensor.Dispose();
    }

    private int Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results)
    {
        if (!Exists) throw new TorchException($"libtorch {Native.Version} has no operator {Name}: {Native.LastError}");
        var values = stackalloc NativeValue[arguments.Length];
        var scratch = stackalloc long[ScratchLength];
        var room = ScratchLength;
        var lowered = 0;
        List<GCHandle>? pins = null;
        try
        {
            for (; lowered < arguments.Length; lowered++)
            {
                Lower(arguments[lowered], ref values[lowered], ref scratch, ref room, ref pins);
            }
            var count = Native.Call(_handle, values, arguments.Length, results, MaxResults);
            return count >= 0 ? count : throw Failure(arguments, Native.LastError);
        }
        catch (ObjectDisposedException)
        {
            throw new TorchException($"{Name}: argument {lowered} has been disposed [{Describe(arguments)}]");
        }
        finally
        {
            for (var i = 0; i < lowered; i++) Unlower(arguments[i]);
            if (pins is not null) foreach (var pin in pins) pin.Free();
        }
    }

    private static void Lower(in Argument argument, ref NativeValue value, ref long* scratch, ref int room, ref List<GCHandle>? pins)
    {
        value.Tag = argument.Tag;
        value.Bits = argument.Bits;
        value.Length = 0;
        switch (argument.Tag)
        {
            case Tag.Tensor:
                value.Bits = Unsafe.As<torch.Tensor>(argument.Reference!).Acquire();
                break;
            case Tag.IntList:
                var integers = Unsafe.As<long[]>(argument.Reference!);
                value.Length = integers.Length;
                value.Bits = (nint)Place(integers, ref scratch, ref room, ref pins);
                break;
            case Tag.DoubleList:
                var doubles = Unsafe.As<double[]>(argument.Reference!);
                value.Length = doubles.Length;
                value.Bits = (nint)Place(MemoryMarshal.Cast<double, long>(doubles), ref scratch, ref room, ref pins);
                break;
            case Tag.TensorList:
                var tensors = Unsafe.As<torch.Tensor?[]>(argument.Reference!);
                value.Length = tensors.Length;
                value.Bits = (nint)PlaceTensors(tensors, ref scratch, ref room, ref pins);
                break;
            case Tag.String:
                var bytes = Encoding.UTF8.GetBytes((string)argument.Reference!);
                value.Length = bytes.Length;
                var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                (pins ??= []).Add(pin);
                value.Bits = pin.AddrOfPinnedObject();
                break;
            case Tag.Device:
                var device = (torch.Device)argument.Reference!;
                value.Bits = (long)device.type;
                value.Length = device.index;
                break;
            case Tag.Generator:
                value.Bits = Unsafe.As<torch.Generator>(argument.Reference!).Acquire();
                break;
            default:
                break;
        }
    }

    private static void Unlower(in Argument argument)
    {
        if (argument.Tag == Tag.Tensor) Unsafe.As<torch.Tensor>(argument.Reference!).Return();
        else if (argument.Tag == Tag.Generator) Unsafe.As<torch.Generator>(argument.Reference!).Return();
        else if (argument.Tag == Tag.TensorList) ReturnTensors(Unsafe.As<torch.Tensor?[]>(argument.Reference!));
    }

    private static void ReturnTensors(ReadOnlySpan<torch.Tensor?> tensors)
    {
        foreach (var tensor in tensors) tensor?.Return();
    }

    private static long* Place(ReadOnlySpan<long> items, ref long* scratch, ref int room, ref List<GCHandle>? pins)
    {
        var place = Reserve(items.Length, ref scratch, ref room, ref pins);
        items.CopyTo(new Span<long>(place, items.Length));
        return place;
    }

    private static long* PlaceTensors(torch.Tensor?[] tensors, ref long* scratch, ref int room, ref List<GCHandle>? pins)
    {
        var place = Reserve(tensors.Length, ref scratch, ref room, ref pins);
        var taken = 0;
        try
        {
            for (; taken < tensors.Length; taken++) place[taken] = tensors[taken]?.Acquire() ?? 0;
        }
        catch
        {
            ReturnTensors(tensors.AsSpan(0, taken));
            throw;
        }
        return place;
    }

    private static long* Reserve(int length, ref long* scratch, ref int room, ref List<GCHandle>? pins)
    {
        if (length <= room)
        {
            var place = scratch;
            scratch += length;
            room -= length;
            return place;
        }
        var pin = GCHandle.Alloc(new long[length], GCHandleType.Pinned);
        (pins ??= []).Add(pin);
        return (long*)pin.AddrOfPinnedObject();
    }

    private TorchException Failure(ReadOnlySpan<Argument> arguments, string message)
        => new($"{Name}: {message} [{Describe(arguments)}]");

    private TorchException Unexpected(NativeValue* results, int count, string expected)
    {
        for (var i = 0; i < count; i++) Discard(results[i]);
        return new TorchException($"{Name} returned {count} values where {expected} was expected");
    }

    private static string Describe(ReadOnlySpan<Argument> arguments)
    {
        var text = new StringBuilder();
        foreach (ref readonly var argument in arguments)
        {
            if (text.Length > 0) text.Append(", ");
            text.Append(argument.Describe());
        }
        return text.ToString();
    }
}
