using TorchSharp.Modules;

namespace TorchSharp;

/// <summary>Readers of one-element tensors, and the TorchSharp file format of a single tensor.</summary>
public static class TensorExtensionMethods
{
    private const int MaxRank = 64;

    public static Parameter AsParameter(this torch.Tensor tensor) => new(tensor);

    /// <summary>Whether tensors can have this type: quantized types and numbers without a name are none.</summary>
    internal static bool IsElementType(this torch.ScalarType type)
        => type is (>= torch.ScalarType.Byte and <= torch.ScalarType.Float64)
            or torch.ScalarType.ComplexFloat32 or torch.ScalarType.ComplexFloat64 or torch.ScalarType.Bool or torch.ScalarType.BFloat16;

    public static int ElementSize(this torch.ScalarType type) => type switch
    {
        torch.ScalarType.Byte or torch.ScalarType.Int8 or torch.ScalarType.Bool => 1,
        torch.ScalarType.Int16 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16 => 2,
        torch.ScalarType.Int32 or torch.ScalarType.Float32 => 4,
        torch.ScalarType.Int64 or torch.ScalarType.Float64 or torch.ScalarType.ComplexFloat32 => 8,
        torch.ScalarType.ComplexFloat64 => 16,
        _ => throw new NotSupportedException($"element type {type}"),
    };

    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    public static float ToSingle(this torch.Tensor value) => Aten.item.CallScalar(value).ToSingle();

    public static double ToDouble(this torch.Tensor value) => Aten.item.CallScalar(value).ToDouble();

    public static int ToInt32(this torch.Tensor value) => Aten.item.CallScalar(value).ToInt32();

    public static long ToInt64(this torch.Tensor value) => Aten.item.CallScalar(value).ToInt64();

    public static bool ToBoolean(this torch.Tensor value) => Aten.item.CallScalar(value).ToBoolean();

    /// <summary>Writes a tensor as TorchSharp does: type, number of dimensions, sizes, then the bytes.</summary>
    public static void Save(this torch.Tensor tensor, BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(writer);
        using var local = tensor.to(torch.CPU).contiguous();
        writer.Write7BitEncodedInt64((long)local.dtype);
        writer.Write7BitEncodedInt64(local.ndim);
        foreach (var size in local.shape) writer.Write7BitEncodedInt64(size);
        writer.Write(local.bytes);
    }

    /// <summary>Reads a tensor that <see cref="Save"/> or TorchSharp wrote.</summary>
    /// <exception cref="FormatException">The bytes are no tensor.</exception>
    /// <exception cref="EndOfStreamException">There are fewer bytes than the shape needs.</exception>
    public static torch.Tensor Load(BinaryReader reader, bool skip = false)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var code = reader.Read7BitEncodedInt64();
        var type = (torch.ScalarType)code;
        if (code != (long)type || !type.IsElementType()) throw new FormatException($"{code} is no element type");
        var rank = reader.Read7BitEncodedInt64();
        if (rank is < 0 or > MaxRank) throw new FormatException($"a tensor of {rank} dimensions");
        var shape = new long[rank];
        for (var d = 0; d < rank; d++) shape[d] = reader.Read7BitEncodedInt64();
        if (Array.Exists(shape, size => size < 0)) throw new FormatException("a negative size");
        var length = checked(shape.TotalSize() * type.ElementSize());
        if (reader.BaseStream.CanSeek && length > reader.BaseStream.Length - reader.BaseStream.Position)
        {
            throw new EndOfStreamException($"a tensor of {length} bytes, more than the file has left");
        }
        if (skip)
        {
            reader.BaseStream.Seek(length, SeekOrigin.Current);
            return torch.empty(0, type);
        }
        return reader.BaseStream.CanSeek ? Read(reader.BaseStream, shape, type) : ReadGrowing(reader.BaseStream, checked((int)length), shape, type);
    }

    private static torch.Tensor Read(Stream stream, long[] shape, torch.ScalarType type)
    {
        var tensor = torch.empty(shape, type);
        try
        {
            stream.ReadExactly(tensor.bytes);
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
        return tensor;
    }

    /// <summary>Where the length of the stream is unknown, memory is taken as bytes arrive: a damaged size takes none.</summary>
    private static torch.Tensor ReadGrowing(Stream stream, int length, long[] shape, torch.ScalarType type)
    {
        using var received = new MemoryStream();
        var part = new byte[Math.Min(length, 1 << 20)];
        while (received.Length < length)
        {
            var wanted = part.AsSpan(0, (int)Math.Min(part.Length, length - received.Length));
            stream.ReadExactly(wanted);
            received.Write(wanted);
        }
        received.Position = 0;
        return Read(received, shape, type);
    }
}
