using TorchSharp.Modules;

namespace TorchSharp;

/// <summary>Readers of one-element tensors, and the TorchSharp file format of a single tensor.</summary>
public static class TensorExtensionMethods
{
    private const int MaxRank = 64;

    public static Parameter AsParameter(this torch.Tensor tensor) => new(tensor);

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

    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();

    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();

    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();

    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();

    /// <summary>Writes a tensor as TorchSharp does: type, number of dimensions, sizes, then the bytes.</summary>
    public static void Save(this torch.Tensor tensor, BinaryWriter writer)
    {
        using var local = tensor.to(torch.CPU).contiguous();
        writer.Write7BitEncodedInt64((long)local.dtype);
        writer.Write7BitEncodedInt64(local.ndim);
        foreach (var size in local.shape) writer.Write7BitEncodedInt64(size);
        writer.Write(local.bytes);
    }

    /// <summary>Reads a tensor that <see cref="Save"/> or TorchSharp wrote.</summary>
    public static torch.Tensor Load(BinaryReader reader, bool skip = false)
    {
        var type = (torch.ScalarType)reader.Read7BitEncodedInt64();
        if (!Enum.IsDefined(type)) throw new FormatException($"unknown element type {type}");
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
        var tensor = torch.empty(shape, type);
        reader.BaseStream.ReadExactly(tensor.bytes);
        return tensor;
    }
}
