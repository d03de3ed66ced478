using System.Buffers.Binary;
using System.Text;

namespace PECHead.Research.Checkpoints;

/// <summary>Buffered, bounds-checked reading of a pickle stream, which may be followed by other data.</summary>
internal sealed class PickleInput
{
    /// <summary>Most bytes that one pickle may take: it holds names and numbers, the tensors lie outside it.</summary>
    public const long MaxBytes = 64L << 20;

    private readonly TensorStorage _source;
    private readonly byte[] _buffer;
    private int _next;
    private int _filled;
    private long _bufferStart;
    private long _end;

    /// <summary>Reads from a position of some bytes.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="position">Where the first pickle starts.</param>
    public PickleInput(TensorStorage source, long position)
    {
        _source = source;
        _bufferStart = position;
        _buffer = new byte[Math.Min(source.ByteLength, 1 << 16)];
        BeginPickle();
    }

    /// <summary>Position of the next byte in the source.</summary>
    public long Position => _bufferStart + _next;

    /// <summary>Starts the count of bytes anew: what follows is another pickle.</summary>
    public void BeginPickle() => _end = Math.Min(_source.ByteLength, Position + MaxBytes);

    /// <summary>The next byte.</summary>
    public byte ReadByte()
    {
        if (_next == _filled)
            Fill();
        return _buffer[_next++];
    }

    /// <summary>The next little-endian 32-bit number.</summary>
    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    /// <summary>The next little-endian 64-bit number.</summary>
    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>The next big-endian double.</summary>
    public double ReadDouble()
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    /// <summary>The next bytes, in a new array.</summary>
    /// <param name="length">How many; checked against what is left before anything is allocated.</param>
    public byte[] ReadBytes(long length)
    {
        if (length < 0 || length > _end - Position)
            throw Truncated($"{(ulong)length} bytes");
        var bytes = new byte[length];
        ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Text up to the next line feed, which is consumed.</summary>
    /// <param name="maxLength">Longest text that is accepted.</param>
    public string ReadLine(int maxLength)
    {
        var text = new StringBuilder();
        for (var c = (char)ReadByte(); c != '\n'; c = (char)ReadByte())
        {
            if (text.Length == maxLength)
                throw new CheckpointFormatException($"The pickle has a name of more than {maxLength} characters at position {Position}.");
            text.Append(c);
        }

        return text.ToString();
    }

    private void ReadExactly(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_next == _filled)
                Fill();
            var count = Math.Min(destination.Length, _filled - _next);
            _buffer.AsSpan(_next, count).CopyTo(destination);
            _next += count;
            destination = destination[count..];
        }
    }

    private void Fill()
    {
        var position = Position;
        var count = (int)Math.Min(_buffer.Length, _end - position);
        if (count <= 0)
            throw Truncated("more");
        _source.Read(position, _buffer.AsSpan(0, count));
        (_bufferStart, _next, _filled) = (position, 0, count);
    }

    private CheckpointFormatException Truncated(string wanted) => new(
        $"The pickle wants {wanted} at position {Position} but ends at {_end}: the file is truncated, damaged, or has a pickle of more than {MaxBytes >> 20} MiB.");
}
