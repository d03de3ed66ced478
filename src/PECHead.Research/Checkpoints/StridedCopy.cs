namespace PECHead.Research.Checkpoints;

/// <summary>Brings the elements of a strided view into row-major order.</summary>
internal static class StridedCopy
{
    /// <summary>Copies element by element, walking the axes like an odometer.</summary>
    /// <param name="source">Bytes from the first element of the view to its last.</param>
    /// <param name="shape">Sizes, each at least 1.</param>
    /// <param name="strides">Steps in elements.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    /// <param name="destination">Receives the product of the sizes times the element size.</param>
    public static void Gather(
        ReadOnlySpan<byte> source, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int elementSize, Span<byte> destination)
    {
        var rank = shape.Length;
        Span<long> index = stackalloc long[rank];
        index.Clear();
        var inner = shape[rank - 1];
        var innerStep = strides[rank - 1] * elementSize;
        var row = 0L;
        for (var written = 0; written < destination.Length;)
        {
            for (var i = 0L; i < inner; i++, written += elementSize)
                source.Slice((int)(row + (i * innerStep)), elementSize).CopyTo(destination[written..]);
            for (var axis = rank - 2; axis >= 0; axis--)
            {
                row += strides[axis] * elementSize;
                if (++index[axis] < shape[axis])
                    break;
                row -= strides[axis] * elementSize * shape[axis];
                index[axis] = 0;
            }
        }
    }
}
