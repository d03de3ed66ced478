using System.Buffers.Binary;

namespace PECHead.Research.Checkpoints;

/// <summary>What stands before every element of a MAT file: type and length; up to four bytes of data stand in the tag itself.</summary>
internal readonly record struct MatTag(int Type, long ByteCount, bool IsPacked, uint PackedData)
{
    /// <summary>Type of signed 32-bit numbers, in which sizes are given.</summary>
    public const int Int32 = 5;

    /// <summary>Type of unsigned 32-bit numbers, in which flags are given.</summary>
    public const int UInt32 = 6;

    /// <summary>Type of an array: flags, sizes, name and numbers as elements of their own.</summary>
    public const int Matrix = 14;

    /// <summary>Type of an element that is another one under zlib.</summary>
    public const int Compressed = 15;

    private const int Alignment = 8;

    /// <summary>Bytes behind the data up to the next tag.</summary>
    public int Padding => IsPacked ? 0 : (int)(-ByteCount & (Alignment - 1));

    /// <summary>Bytes from this tag to the next.</summary>
    public long TotalBytes => IsPacked ? Alignment : Alignment + ByteCount + Padding;

    /// <summary>Bytes of a number of an element's type, or 0 if it holds no numbers.</summary>
    public int ElementBytes => Type switch
    {
        1 or 2 => 1,
        3 or 4 => 2,
        Int32 or UInt32 or 7 => 4,
        9 or 12 or 13 => 8,
        _ => 0,
    };

    /// <exception cref="CheckpointFormatException">The stream ends before.</exception>
    public static MatTag Read(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(stream, bytes);
        var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var rest = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (word >> 16 == 0)
            return new MatTag((int)word, rest, false, 0);
        var count = word >> 16;
        return count <= 4
            ? new MatTag((int)(word & 0xFFFF), count, true, rest)
            : throw new CheckpointFormatException($"A packed element of {count} bytes, of which a tag holds 4.");
    }

    /// <summary>Reads the data of a short element, with its padding.</summary>
    /// <param name="stream">Stands behind this tag.</param>
    /// <param name="limit">Most bytes that make sense here.</param>
    /// <param name="what">What the element is, for the message.</param>
    public byte[] ReadData(Stream stream, int limit, string what)
    {
        if (ByteCount > limit)
            throw new CheckpointFormatException($"{what} of {ByteCount} bytes; at most {limit} make sense.");
        var data = new byte[ByteCount];
        if (IsPacked)
        {
            Span<byte> packed = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(packed, PackedData);
            packed[..data.Length].CopyTo(data);
            return data;
        }

        Fill(stream, data);
        Fill(stream, stackalloc byte[Padding]);
        return data;
    }

    /// <summary>Reads exactly as many bytes as asked for.</summary>
    public static void Fill(Stream stream, Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new CheckpointFormatException("The file ends inside an array: truncated.");
    }
}
