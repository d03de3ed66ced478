namespace PECHead.Research.Checkpoints;

/// <summary>Raw little-endian bytes that one or more stored tensors look into.</summary>
public abstract class TensorStorage
{
    /// <summary>Size in bytes.</summary>
    public abstract long ByteLength { get; }

    /// <summary>Copies a range of the bytes.</summary>
    /// <param name="offset">First byte of the range; the range must lie inside the storage.</param>
    /// <param name="destination">Receives the bytes and gives their number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the storage.</exception>
    /// <exception cref="CheckpointFormatException">The file ends inside the range.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteLength - destination.Length);
        ReadCore(offset, destination);
    }

    /// <summary>Copies a range whose bounds have been checked.</summary>
    private protected abstract void ReadCore(long offset, Span<byte> destination);
}

/// <summary>A storage whose bytes are in memory.</summary>
public sealed class MemoryStorage : TensorStorage
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>A storage over bytes in memory, which are not copied.</summary>
    /// <param name="bytes">Little-endian elements.</param>
    public MemoryStorage(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <inheritdoc/>
    public override long ByteLength => _bytes.Length;

    private protected override void ReadCore(long offset, Span<byte> destination) =>
        _bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}
