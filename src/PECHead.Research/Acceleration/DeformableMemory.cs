using System.Buffers;
using System.Runtime.InteropServices;

namespace PECHead.Research.Acceleration;

/// <summary>Pinned memory from the shared pool, on a boundary of 64 bytes; its contents are arbitrary.</summary>
internal sealed unsafe class DeformableMemory<T> : IDisposable
    where T : unmanaged
{
    private const int Boundary = 64;

    private readonly T[] _array;
    private readonly GCHandle _pin;

    public DeformableMemory(long elements)
    {
        _array = ArrayPool<T>.Shared.Rent(checked((int)elements + Boundary / sizeof(T)));
        _pin = GCHandle.Alloc(_array, GCHandleType.Pinned);
        Pointer = (T*)(((nint)_pin.AddrOfPinnedObject() + Boundary - 1) / Boundary * Boundary);
    }

    public T* Pointer { get; }

    public void Dispose()
    {
        _pin.Free();
        ArrayPool<T>.Shared.Return(_array);
    }
}
