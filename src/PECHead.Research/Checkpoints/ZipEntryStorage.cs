using System.IO.Compression;

namespace PECHead.Research.Checkpoints;

/// <summary>An uncompressed entry of a zip archive. A whole read goes straight to its destination; partial reads keep the bytes.</summary>
internal sealed class ZipEntryStorage : TensorStorage
{
    private readonly ZipArchive _zip;
    private readonly ZipArchiveEntry _entry;
    private readonly string _name;
    private byte[]? _bytes;

    /// <summary>An entry of an open archive.</summary>
    /// <param name="zip">The archive; entries of one archive share its stream, so reading locks it.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="CheckpointFormatException">The entry is compressed or encrypted, which torch.save never does.</exception>
    public ZipEntryStorage(ZipArchive zip, ZipArchiveEntry entry, string name)
    {
        // Uncompressed entries are no larger than the file, which bounds every allocation that follows from their size.
        if (entry.Length != entry.CompressedLength || entry.IsEncrypted)
            throw new CheckpointFormatException($"The entry '{name}' is compressed or encrypted: torch.save did not write it.");
        _zip = zip;
        _entry = entry;
        _name = name;
    }

    /// <inheritdoc/>
    public override long ByteLength => _entry.Length;

    /// <summary>Whether an exception means that an archive is damaged, rather than that something is wrong with the system.</summary>
    public static bool IsDamage(Exception error) => error
        is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException or OverflowException;

    /// <summary>All bytes of a small entry.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[ByteLength];
        Read(0, bytes);
        return bytes;
    }

    private protected override void ReadCore(long offset, Span<byte> destination)
    {
        lock (_zip)
        {
            if (offset == 0 && destination.Length == ByteLength && _bytes is null)
                ReadEntry(destination);
            else
                Cached().AsSpan((int)offset, destination.Length).CopyTo(destination);
        }
    }

    private byte[] Cached()
    {
        if (_bytes is not null)
            return _bytes;
        if (ByteLength > Array.MaxLength)
            throw new CheckpointFormatException($"The storage '{_name}' of {ByteLength} bytes is too large to be read in parts.");
        var bytes = new byte[ByteLength];
        ReadEntry(bytes);
        return _bytes = bytes;
    }

    private void ReadEntry(Span<byte> destination)
    {
        try
        {
            using var stream = _entry.Open();
            stream.ReadExactly(destination);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw new CheckpointFormatException($"The storage '{_name}' cannot be read: {error.Message}", error);
        }
    }
}
