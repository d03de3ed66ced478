using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace PECHead.Research.Checkpoints;

/// <summary>What an array of a MAT file holds.</summary>
public enum MatClass
{
    /// <summary>Cells, structures, text, sparse matrices, objects or complex numbers: listed, not read.</summary>
    Other,

    /// <summary>Real numbers; the file may keep them in a narrower type than the array has.</summary>
    Numeric,
}

/// <summary>An array of a MAT file: its numbers stand in column-major order, the first index runs fastest.</summary>
public sealed class MatArray
{
    private const int MaxRank = 32;
    private const int MaxNameBytes = 256;
    private const int BlockBytes = 1 << 16;
    private const int FirstCapacity = 1 << 18;

    private readonly string _path;
    private readonly MatSource _source;

    private MatArray(string path, MatSource source, string name, MatClass kind, long[] shape, long count)
    {
        (_path, _source, Name, Class, Shape, Count) = (path, source, name, kind, shape, count);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether numbers can be read from it.</summary>
    public MatClass Class { get; }

    /// <summary>Sizes, two at least; empty for what is not numeric.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The product of the sizes.</summary>
    public long Count { get; }

    /// <summary>Reads numbers, rounded to 32 bits.</summary>
    /// <param name="count">How many from the start; null for all.</param>
    /// <returns>Column-major numbers.</returns>
    /// <exception cref="CheckpointFormatException">Not numeric, or the file is damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More than there are.</exception>
    public float[] ReadSingles(long? count = null) => Read<float>(count, static value => (float)value);

    /// <summary>Reads numbers as doubles; integers of 64 bits are rounded to 53.</summary>
    /// <param name="count">How many from the start; null for all.</param>
    /// <returns>Column-major numbers.</returns>
    /// <exception cref="CheckpointFormatException">Not numeric, or the file is damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More than there are.</exception>
    public double[] ReadDoubles(long? count = null) => Read<double>(count, static value => value);

    /// <summary>Reads whole numbers, such as indices, whatever type they are kept in.</summary>
    /// <returns>Column-major numbers.</returns>
    /// <exception cref="CheckpointFormatException">Not numeric, not whole, beyond 32 bits, or the file is damaged.</exception>
    public int[] ReadIntegers() => Read<int>(null, value => value is >= int.MinValue and <= int.MaxValue && Math.Floor(value) == value
        ? (int)value
        : throw new CheckpointFormatException($"'{Name}' has {value}, where whole numbers are expected."));

    /// <summary>Reads what stands before the numbers.</summary>
    /// <returns>The array, or null for the nameless data that some programs append.</returns>
    internal static MatArray? Describe(string path, MatSource source)
    {
        using var stream = source.Open(out var available);
        if (source.Region.ByteLength == 0)
            return null;
        var (name, kind, shape, _) = ReadHead(stream, available);
        if (name.Length == 0)
            return null;
        long count = shape.Length == 0 ? 0 : 1;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && count > Array.MaxLength / size))
                throw new CheckpointFormatException($"'{name}' is said to be {string.Join("x", shape)}, which no array is.");
            count *= size;
        }

        return new MatArray(path, source, name, kind, shape, count);
    }

    private static (string Name, MatClass Kind, long[] Shape, long Bytes) ReadHead(Stream stream, long available)
    {
        long bytes = 0;
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(Part(MatTag.UInt32, 8, 8, "Flags"));
        // Classes 6 to 15 are real or whole numbers; 0x800 marks complex ones. Class 17 has no sizes.
        var numeric = (flags & 0xFF) is >= 6 and <= 15 && (flags & 0x800) == 0;
        if ((flags & 0xFF) is 0 or > 15)
            return (string.Empty, MatClass.Other, [], bytes);
        var sizes = MemoryMarshal.Cast<byte, int>(Part(MatTag.Int32, 8, 4 * MaxRank, "Sizes"));
        var shape = new long[sizes.Length];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = sizes[i];
        var name = Encoding.UTF8.GetString(Part(null, 0, MaxNameBytes, "A name"));
        return numeric ? (name, MatClass.Numeric, shape, bytes) : (name, MatClass.Other, [], bytes);

        byte[] Part(int? type, int least, int most, string what)
        {
            var tag = MatTag.Read(stream);
            bytes += tag.TotalBytes;
            if ((type is { } wanted && tag.Type != wanted) || tag.ByteCount < least || bytes > available)
                throw new CheckpointFormatException($"{what} of type {tag.Type} and {tag.ByteCount} bytes make no array.");
            return tag.ReadData(stream, most, what);
        }
    }

    private T[] Read<T>(long? count, Func<double, T> convert)
        where T : unmanaged, INumber<T>
    {
        var wanted = count ?? Count;
        ArgumentOutOfRangeException.ThrowIfNegative(wanted, nameof(count));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, Count, nameof(count));
        T[] numbers = [];
        MatFile.Named(_path, () => numbers = ReadNumbers((int)wanted, convert));
        return numbers;
    }

    private T[] ReadNumbers<T>(int wanted, Func<double, T> convert)
    {
        if (Class != MatClass.Numeric)
            throw new CheckpointFormatException($"'{Name}' holds no real numbers.");
        using var stream = _source.Open(out var available);
        var head = ReadHead(stream, available);
        var tag = MatTag.Read(stream);
        var size = tag.ElementBytes;
        if (size == 0)
            throw new CheckpointFormatException($"'{Name}' keeps its numbers in the unknown type {tag.Type}.");
        if (tag.ByteCount != Count * size || head.Bytes + tag.TotalBytes - tag.Padding > available)
            throw new CheckpointFormatException($"'{Name}' has {tag.ByteCount} bytes for {Count} numbers of {size} bytes.");
        if (tag.IsPacked)
            return Convert(tag.Type, tag.ReadData(stream, 4, "Numbers"), wanted, convert);

        // Memory grows with what has arrived, not with what is announced.
        var numbers = new T[Math.Min(wanted, FirstCapacity)];
        var block = new byte[BlockBytes];
        for (var done = 0; done < wanted;)
        {
            var step = Math.Min(wanted - done, BlockBytes / size);
            var bytes = block.AsSpan(0, step * size);
            MatTag.Fill(stream, bytes);
            if (done + step > numbers.Length)
                Array.Resize(ref numbers, (int)Math.Min(wanted, Math.Max(done + step, 2L * numbers.Length)));
            Convert(tag.Type, bytes, numbers.AsSpan(done, step), convert);
            done += step;
        }

        // The end of a compressed stream carries its checksum.
        if (wanted == Count && _source.IsCompressed)
            while (stream.Read(block) > 0)
                continue;
        return numbers;
    }

    private static T[] Convert<T>(int type, ReadOnlySpan<byte> bytes, int count, Func<double, T> convert)
    {
        var numbers = new T[count];
        Convert(type, bytes, numbers, convert);
        return numbers;
    }

    private static void Convert<T>(int type, ReadOnlySpan<byte> bytes, Span<T> numbers, Func<double, T> convert)
    {
        switch (type)
        {
            case 1: Copy<sbyte, T>(bytes, numbers, convert); break;
            case 2: Copy<byte, T>(bytes, numbers, convert); break;
            case 3: Copy<short, T>(bytes, numbers, convert); break;
            case 4: Copy<ushort, T>(bytes, numbers, convert); break;
            case 5: Copy<int, T>(bytes, numbers, convert); break;
            case 6: Copy<uint, T>(bytes, numbers, convert); break;
            case 7: Copy<float, T>(bytes, numbers, convert); break;
            case 9: Copy<double, T>(bytes, numbers, convert); break;
            case 12: Copy<long, T>(bytes, numbers, convert); break;
            default: Copy<ulong, T>(bytes, numbers, convert); break;
        }
    }

    private static void Copy<TFrom, TTo>(ReadOnlySpan<byte> bytes, Span<TTo> numbers, Func<double, TTo> convert)
        where TFrom : unmanaged, INumber<TFrom>
    {
        var from = MemoryMarshal.Cast<byte, TFrom>(bytes);
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = convert(double.CreateTruncating(from[i]));
    }
}
