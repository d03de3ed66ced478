using System.Buffers.Binary;
using System.Numerics;

namespace PECHead.Research.Checkpoints;

/// <summary>The layout of torch.save before PyTorch 1.6: four pickles, the list of storages, and their bytes one after another.</summary>
internal static class LegacyTorchFile
{
    private const long Protocol = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber);

    /// <summary>The magic number as a pickle of any protocol writes it: a whole number of ten bytes.</summary>
    private static ReadOnlySpan<byte> MagicOpcode => [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    /// <summary>Whether a file starts with a pickle of the magic number.</summary>
    /// <param name="start">The first bytes of the file.</param>
    public static bool HasSignature(ReadOnlySpan<byte> start) =>
        start is [0x80, ..] && start[..Math.Min(start.Length, 32)].IndexOf(MagicOpcode) > 0;

    /// <summary>Reads the value that was saved; its tensors read their bytes from the mapped file.</summary>
    /// <param name="file">The mapped file, to be kept open until the tensors have been read.</param>
    /// <returns>The value: usually a <see cref="PickleDict"/>.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged or truncated.</exception>
    public static object? Read(MappedFile file)
    {
        var storages = new LegacyStorages();
        var vocabulary = new TorchVocabulary(storages.Open);
        var input = new PickleInput(file, 0);
        if (PickleReader.Read(input, vocabulary) is not BigInteger magic || magic != Magic)
            throw new CheckpointFormatException("The file lacks the magic number of torch.save.");
        if (PickleReader.Read(input, vocabulary) is not Protocol)
            throw new CheckpointFormatException($"The file was written with a protocol other than {Protocol}.");
        if (PickleReader.Read(input, vocabulary) is not PickleDict system || system["little_endian"] is not true)
            throw new CheckpointFormatException("The file has big-endian numbers; only little-endian files are read.");
        var value = PickleReader.Read(input, vocabulary);
        if (PickleReader.Read(input, vocabulary) is not List<object?> keys)
            throw new CheckpointFormatException("The file lacks the list of its storages.");
        storages.Place(file, input.Position, keys);
        return value;
    }
}

/// <summary>The storages of a legacy file: the pickle names them first, their places become known after it.</summary>
internal sealed class LegacyStorages
{
    private readonly Dictionary<string, (StorageId Id, LegacyStorage Bytes)> _byKey = new(StringComparer.Ordinal);

    /// <summary>The storage, or the part of one, that an identifier means.</summary>
    public TensorStorage Open(StorageId id)
    {
        var whole = id with { View = null };
        if (!_byKey.TryGetValue(id.Key, out var known))
            _byKey.Add(id.Key, known = (whole, new LegacyStorage(id)));
        if (known.Id != whole)
            throw new CheckpointFormatException($"The storage '{id.Key}' is described in two ways.");
        var size = id.Type.ByteSize();
        return id.View is { } view ? new StorageSlice(known.Bytes, view.Offset * size, view.Count * size) : known.Bytes;
    }

    /// <summary>Finds the bytes: for each key, in the order of the list, a 64-bit element count and the elements.</summary>
    public void Place(MappedFile file, long position, List<object?> keys)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        foreach (var key in keys)
        {
            if (key is not string name || !_byKey.TryGetValue(name, out var storage))
                throw new CheckpointFormatException("The file lists a storage that no tensor uses.");
            if (position > file.ByteLength - prefix.Length)
                throw new CheckpointFormatException($"The file ends at {file.ByteLength}, before the storage '{name}': truncated.");
            file.Read(position, prefix);
            var count = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (count != storage.Id.Count)
                throw new CheckpointFormatException($"The storage '{name}' has {count} elements instead of {storage.Id.Count}.");
            storage.Bytes.Place(new FileRegion(file, position + prefix.Length, storage.Id.ByteLength));
            position += prefix.Length + storage.Id.ByteLength;
        }

        if (_byKey.Values.Any(storage => !storage.Bytes.IsPlaced))
            throw new CheckpointFormatException("The file does not list all storages that its tensors use.");
    }
}

/// <summary>A storage whose size is known before its place in the file.</summary>
internal sealed class LegacyStorage(StorageId id) : TensorStorage
{
    private FileRegion? _region;

    /// <inheritdoc/>
    public override long ByteLength => id.ByteLength;

    /// <summary>Whether the bytes have been found.</summary>
    public bool IsPlaced => _region is not null;

    /// <summary>Says where the bytes are.</summary>
    public void Place(FileRegion region) => _region = region;

    private protected override void ReadCore(long offset, Span<byte> destination) => _region!.Read(offset, destination);
}

/// <summary>A part of another storage.</summary>
internal sealed class StorageSlice(TensorStorage whole, long start, long length) : TensorStorage
{
    /// <inheritdoc/>
    public override long ByteLength => length;

    private protected override void ReadCore(long offset, Span<byte> destination) => whole.Read(start + offset, destination);
}
