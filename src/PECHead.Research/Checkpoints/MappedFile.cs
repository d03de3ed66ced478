using System.IO.MemoryMappedFiles;

namespace PECHead.Research.Checkpoints;

/// <summary>A whole file mapped into memory for reading.</summary>
internal sealed class MappedFile : TensorStorage, IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;

    private MappedFile(MemoryMappedFile? map, MemoryMappedViewAccessor? view, long length)
    {
        _map = map;
        _view = view;
        ByteLength = length;
    }

    /// <inheritdoc/>
    public override long ByteLength { get; }

    /// <summary>Maps a file; an empty one, which no system maps, gives an empty storage.</summary>
    /// <param name="path">An existing file.</param>
    /// <returns>The mapped file, to be disposed.</returns>
    public static MappedFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var length = stream.Length;
        if (length == 0)
        {
            stream.Dispose();
            return new MappedFile(null, null, 0);
        }

        MemoryMappedFile? map = null;
        try
        {
            map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
        }
        catch
        {
            map?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
    }

    private protected override void ReadCore(long offset, Span<byte> destination) =>
        _view?.SafeMemoryMappedViewHandle.ReadSpan((ulong)offset, destination);
}

/// <summary>A range of a mapped file.</summary>
internal sealed class FileRegion : TensorStorage
{
    private readonly MappedFile _file;
    private readonly long _start;

    /// <summary>A range of a mapped file.</summary>
    /// <param name="file">The file, which the caller keeps open.</param>
    /// <param name="start">First byte.</param>
    /// <param name="length">Number of bytes; the range must lie inside the file.</param>
    /// <exception cref="CheckpointFormatException">The range leaves the file.</exception>
    public FileRegion(MappedFile file, long start, long length)
    {
        if (start < 0 || length < 0 || start > file.ByteLength - length)
            throw new CheckpointFormatException($"{length} bytes at position {start} of a file of {file.ByteLength}: truncated.");
        _file = file;
        _start = start;
        ByteLength = length;
    }

    /// <inheritdoc/>
    public override long ByteLength { get; }

    private protected override void ReadCore(long offset, Span<byte> destination) => _file.Read(_start + offset, destination);
}
