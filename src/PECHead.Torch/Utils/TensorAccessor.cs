using System.Collections;
using System.Runtime.CompilerServices;

namespace TorchSharp.Utils;

/// <summary>The elements of a CPU tensor as a sequence in row-major order, whatever its strides.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : struct
{
    private readonly torch.Tensor _tensor;
    private readonly long[] _shape;
    private readonly long[] _strides;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) throw new ArgumentException($"{typeof(T).Name} is not an element type");
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
    }

    public long Count => _tensor.numel();

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get
        {
            using var memory = new Memory(_tensor);
            return memory.Read(Offset(indices));
        }

        set
        {
            using var memory = new Memory(_tensor);
            memory.Write(Offset(indices), value);
        }
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = CheckRange(array.Length, arrayIndex, tensorIndex);
        if (array.Length - arrayIndex < count) throw new ArgumentException($"{count} elements do not fit into {array.Length - arrayIndex}");
        using var memory = new Memory(_tensor);
        if (_tensor.is_contiguous())
        {
            memory.Span(tensorIndex, count).CopyTo(array[arrayIndex..]);
            return;
        }
        for (var i = tensorIndex; i < Count; i++) array[arrayIndex++] = memory.Read(OffsetOf(i));
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        CheckRange(array.Length, arrayIndex, tensorIndex);
        using var memory = new Memory(_tensor);
        for (var i = tensorIndex; i < Count && arrayIndex < array.Length; i++) memory.Write(OffsetOf(i), array[arrayIndex++]);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
    }

    /// <summary>How many elements lie from <paramref name="tensorIndex"/> on.</summary>
    private int CheckRange(int length, int arrayIndex, long tensorIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arrayIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arrayIndex, length);
        ArgumentOutOfRangeException.ThrowIfNegative(tensorIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tensorIndex, Count);
        return checked((int)(Count - tensorIndex));
    }

    /// <summary>Where an element lies: from one flat index, or from one index a dimension.</summary>
    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && _shape.Length != 1)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(indices[0]);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(indices[0], Count);
            return OffsetOf(indices[0]);
        }
        if (indices.Length != _shape.Length) throw new ArgumentException($"{indices.Length} indices for {_tensor}");
        long offset = 0;
        for (var d = 0; d < indices.Length; d++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(indices[d]);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(indices[d], _shape[d]);
            offset += indices[d] * _strides[d];
        }
        return offset;
    }

    private long OffsetOf(long flat)
    {
        long offset = 0;
        for (var d = _shape.Length - 1; d >= 0; d--)
        {
            offset += flat % _shape[d] * _strides[d];
            flat /= _shape[d];
        }
        return offset;
    }

    /// <summary>The memory of the tensor, which cannot go away before this is disposed, whatever other threads do.</summary>
    private readonly unsafe ref struct Memory
    {
        private readonly torch.Tensor _tensor;
        private readonly byte* _first;

        internal Memory(torch.Tensor tensor)
        {
            if (tensor.element_size() != Unsafe.SizeOf<T>()) throw new ArgumentException($"{typeof(T).Name} no longer reads the elements of {tensor}");
            tensor.Hold();
            _tensor = tensor;
            try
            {
                _first = (byte*)tensor.AddressOfFirst("data");
            }
            catch
            {
                tensor.Return();
                throw;
            }
        }

        public void Dispose() => _tensor.Return();

        internal T Read(long offset) => Unsafe.ReadUnaligned<T>(_first + (offset * Unsafe.SizeOf<T>()));

        internal void Write(long offset, T value) => Unsafe.WriteUnaligned(_first + (offset * Unsafe.SizeOf<T>()), value);

        internal ReadOnlySpan<T> Span(long offset, int count) => new(_first + (offset * Unsafe.SizeOf<T>()), count);
    }
}
