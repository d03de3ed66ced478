namespace PECHead.Research.Checkpoints;

/// <summary>A tensor as a file describes it: a strided view into a storage, whose bytes are read when they are asked for.</summary>
public sealed class StoredTensor
{
    /// <summary>Most axes: PyTorch's own limit.</summary>
    internal const int MaxRank = 64;

    /// <summary>How many elements a view that repeats storage elements may have: a few bytes of file must not become terabytes.</summary>
    internal const long MaxRepeatedElements = 1L << 26;

    /// <summary>Elements of any type whose bytes can still be counted in 64 bits.</summary>
    private const long MaxCount = long.MaxValue / 8;

    private readonly long[] _shape;
    private readonly long[] _strides;

    /// <summary>A view into a storage, checked against its bounds.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <param name="shape">Sizes, each at least 0; empty for a scalar.</param>
    /// <param name="strides">Steps in elements, each at least 0, as many as sizes.</param>
    /// <param name="offset">First element of the view, counted in elements from the start of the storage.</param>
    /// <param name="storage">The bytes.</param>
    /// <exception cref="CheckpointFormatException">The view leaves the storage, or its sizes make no sense.</exception>
    public StoredTensor(ElementType type, IReadOnlyList<long> shape, IReadOnlyList<long> strides, long offset, TensorStorage storage)
    {
        Type = type;
        _shape = [.. shape];
        _strides = [.. strides];
        Offset = offset;
        Storage = storage;
        Count = CheckedCount();
        CheckBounds();
    }

    /// <summary>The type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>Sizes; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>Steps in elements, as many as sizes.</summary>
    public IReadOnlyList<long> Strides => _strides;

    /// <summary>First element of the view, counted in elements from the start of the storage.</summary>
    public long Offset { get; }

    /// <summary>The bytes, possibly shared with other tensors.</summary>
    public TensorStorage Storage { get; }

    /// <summary>Number of elements: the product of the sizes, 1 for a scalar.</summary>
    public long Count { get; }

    /// <summary>Bytes of the elements in row-major order.</summary>
    public long ByteLength => Count * Type.ByteSize();

    /// <summary>Whether the elements lie in row-major order without gaps.</summary>
    public bool IsContiguous
    {
        get
        {
            var expected = 1L;
            for (var axis = _shape.Length - 1; axis >= 0; axis--)
            {
                if (_shape[axis] != 1 && _strides[axis] != expected)
                    return Count == 0;
                expected *= _shape[axis];
            }

            return true;
        }
    }

    /// <summary>A tensor whose elements fill a storage in row-major order.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <param name="shape">Sizes, each at least 0; empty for a scalar.</param>
    /// <param name="storage">The bytes; at least as many as the shape takes.</param>
    /// <returns>The view.</returns>
    /// <exception cref="CheckpointFormatException">The storage is too small for the shape.</exception>
    public static StoredTensor Contiguous(ElementType type, IReadOnlyList<long> shape, TensorStorage storage) =>
        new(type, shape, RowMajorStrides(shape), 0, storage);

    /// <summary>Copies the elements in row-major order.</summary>
    /// <param name="destination">Receives exactly <see cref="ByteLength"/> bytes, little-endian.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="CheckpointFormatException">The file ends too early.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length != ByteLength)
            throw new ArgumentException($"The tensor takes {ByteLength} bytes, the destination has {destination.Length}.", nameof(destination));
        if (Count == 0)
            return;
        var size = Type.ByteSize();
        if (IsContiguous)
        {
            Storage.Read(Offset * size, destination);
            return;
        }

        var extent = new byte[ArrayLength((LastElement() - Offset + 1) * size)];
        Storage.Read(Offset * size, extent);
        StridedCopy.Gather(extent, _shape, _strides, size, destination);
    }

    /// <summary>The elements in row-major order, little-endian.</summary>
    /// <returns>A new array of <see cref="ByteLength"/> bytes.</returns>
    /// <exception cref="CheckpointFormatException">The tensor has 2 GiB or more, or the file ends too early.</exception>
    public byte[] ToBytes()
    {
        var bytes = new byte[ArrayLength(ByteLength)];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Strides of a tensor without gaps, last axis fastest.</summary>
    private static long[] RowMajorStrides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var step = 1L;
        for (var axis = shape.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            // An overflow here also overflows the count of elements, which is what gets reported.
            step = unchecked(step * Math.Max(shape[axis], 1));
        }

        return strides;
    }

    private static int ArrayLength(long bytes) =>
        bytes <= Array.MaxLength ? (int)bytes : throw new CheckpointFormatException($"A tensor of {bytes} bytes does not fit one array.");

    private long CheckedCount()
    {
        if (_shape.Length > MaxRank)
            throw new CheckpointFormatException($"A tensor of {_shape.Length} axes; at most {MaxRank} are read.");
        if (_strides.Length != _shape.Length)
            throw new CheckpointFormatException($"A tensor of {_shape.Length} sizes and {_strides.Length} strides.");
        // Zero sizes must not hide an overflow of the others, so the product leaves them out.
        var product = 1L;
        foreach (var size in _shape)
        {
            if (size < 0)
                throw new CheckpointFormatException($"A tensor of the shape [{string.Join(", ", _shape)}]: negative size.");
            if (size > MaxCount / product)
                throw new CheckpointFormatException($"A tensor of the shape [{string.Join(", ", _shape)}]: too many elements.");
            product *= Math.Max(size, 1);
        }

        return _shape.Contains(0) ? 0 : product;
    }

    private void CheckBounds()
    {
        var capacity = Storage.ByteLength / Type.ByteSize();
        if (Offset < 0 || Offset > capacity)
            throw new CheckpointFormatException($"A tensor starts at element {Offset} of a storage of {capacity}.");
        if (_strides.Any(stride => stride < 0))
            throw new CheckpointFormatException($"A tensor with negative strides [{string.Join(", ", _strides)}].");
        if (Count == 0)
            return;
        var last = LastElement();
        if (last >= capacity)
        {
            throw new CheckpointFormatException(
                $"A tensor of the shape [{string.Join(", ", _shape)}], strides [{string.Join(", ", _strides)}] and offset {Offset} "
                + $"needs {last + 1} elements of a storage of {capacity}.");
        }

        if (Count > Math.Max(capacity, MaxRepeatedElements))
            throw new CheckpointFormatException($"A tensor repeats a storage of {capacity} elements to {Count}.");
    }

    /// <summary>Index of the last element in the storage; any index beyond all storages stands for an overflow.</summary>
    private long LastElement()
    {
        var last = (Int128)Offset;
        for (var axis = 0; axis < _shape.Length; axis++)
            last += (Int128)(_shape[axis] - 1) * _strides[axis];
        return last > long.MaxValue - 1 ? long.MaxValue - 1 : (long)last;
    }
}
