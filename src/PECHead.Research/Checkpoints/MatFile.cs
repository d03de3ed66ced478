using System.IO.Compression;

namespace PECHead.Research.Checkpoints;

/// <summary>A MAT file of version 5 (MATLAB's -v6 and -v7, scipy's savemat): named arrays, whose numbers are read when asked for.</summary>
/// <remarks>
/// Numeric arrays, real, dense, little-endian, plain or compressed. What else a file holds is listed, and refused when it
/// is read. Nothing is taken on trust: every length is checked against the bytes there are before memory is set aside.
/// </remarks>
public sealed class MatFile : IDisposable
{
    private const int HeaderBytes = 128;
    private const int TagBytes = 8;
    private const int MaxArrays = 10_000;

    private readonly MappedFile _file;
    private readonly OrderedDictionary<string, MatArray> _arrays = new(StringComparer.Ordinal);

    private MatFile(string path, MappedFile file)
    {
        Path = path;
        _file = file;
    }

    /// <summary>The file, as given.</summary>
    public string Path { get; }

    /// <summary>The arrays by name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, MatArray> Arrays => _arrays;

    /// <summary>Opens a file and reads its table of contents.</summary>
    /// <param name="path">A .mat file.</param>
    /// <returns>The open file; dispose it after reading.</returns>
    /// <exception cref="CheckpointFormatException">Damaged, or no MAT file of version 5.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static MatFile Open(string path)
    {
        var file = new MatFile(path, MappedFile.Open(path));
        try
        {
            Named(path, () =>
            {
                file.CheckHeader();
                file.ReadContents();
            });
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>An array that must be there.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="CheckpointFormatException">There is none; the message lists those there are.</exception>
    public MatArray this[string name] => _arrays.TryGetValue(name, out var array)
        ? array
        : throw new CheckpointFormatException(
            $"{Path}: There is no array '{name}'; the file has {(_arrays.Count == 0 ? "none" : string.Join(", ", _arrays.Keys.Take(30)))}.");

    /// <summary>Closes the file: arrays that have not been read can no longer be read.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Runs a reader and puts the name of the file before what it complains about.</summary>
    internal static void Named(string path, Action read)
    {
        try
        {
            read();
        }
        catch (CheckpointFormatException error)
        {
            throw new CheckpointFormatException($"{path}: {error.Message}", error);
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointFormatException($"{path}: A compressed array is damaged: {error.Message}", error);
        }
    }

    private void CheckHeader()
    {
        if (_file.ByteLength < HeaderBytes)
            throw new CheckpointFormatException($"{_file.ByteLength} bytes are too few for a MAT file: truncated.");
        var header = new byte[HeaderBytes];
        _file.Read(0, header);
        if (header.AsSpan(0, 10).SequenceEqual("MATLAB 7.3"u8) || header.AsSpan(0, 4).SequenceEqual("\x89HDF"u8))
            throw new CheckpointFormatException("This is MATLAB 7.3 (HDF5); save it again with -v7.");
        if (header.AsSpan(0, 4).Contains((byte)0))
            throw new CheckpointFormatException("This is no MAT file, or one of version 4; save it again with -v7.");
        if (header[126] == 'M' && header[127] == 'I')
            throw new CheckpointFormatException("The file is big-endian; save it again on a common machine.");
        if (header[126] != 'I' || header[127] != 'M' || header[125] != 1 || header[124] != 0)
            throw new CheckpointFormatException("This is no MAT file of version 5.");
    }

    private void ReadContents()
    {
        for (long position = HeaderBytes; position < _file.ByteLength;)
        {
            if (_arrays.Count >= MaxArrays)
                throw new CheckpointFormatException($"More than {MaxArrays} arrays.");
            var tag = MatTag.Read(new StorageStream(new FileRegion(_file, position, Math.Min(TagBytes, _file.ByteLength - position))));
            if (tag.IsPacked || tag.Type is not (MatTag.Matrix or MatTag.Compressed))
                throw new CheckpointFormatException($"An element of type {tag.Type} at position {position}, where an array is expected.");
            var region = new FileRegion(_file, position + TagBytes, tag.ByteCount);
            var array = MatArray.Describe(Path, new MatSource(region, tag.Type == MatTag.Compressed));
            if (array is not null && !_arrays.TryAdd(array.Name, array))
                throw new CheckpointFormatException($"Two arrays are named '{array.Name}'.");
            position += TagBytes + tag.ByteCount;
        }
    }
}

/// <summary>The bytes of one array, plain or compressed, as often as they are needed.</summary>
/// <param name="Region">Its bytes in the file, behind the outer tag.</param>
/// <param name="IsCompressed">Whether zlib has to undo them.</param>
internal sealed record MatSource(FileRegion Region, bool IsCompressed)
{
    // Deflate cannot do better than this: what claims to is a lie.
    private const long MaxInflation = 1032;

    /// <summary>Starts to read at the first element inside the matrix.</summary>
    /// <param name="byteCount">Length that the matrix is said to have.</param>
    public Stream Open(out long byteCount)
    {
        Stream stream = new StorageStream(Region);
        byteCount = Region.ByteLength;
        if (!IsCompressed)
            return stream;
        stream = new ZLibStream(stream, CompressionMode.Decompress);
        var tag = MatTag.Read(stream);
        if (tag.IsPacked || tag.Type != MatTag.Matrix)
            throw new CheckpointFormatException($"An element of type {tag.Type} inside a compressed one, where an array is expected.");
        if (tag.ByteCount > Region.ByteLength * MaxInflation)
            throw new CheckpointFormatException($"{Region.ByteLength} compressed bytes cannot hold {tag.ByteCount}.");
        byteCount = tag.ByteCount;
        return stream;
    }
}
