using System.Buffers;
using System.Runtime.CompilerServices;
using SixLabors.ImageSharp.Memory;

namespace PECHead.Research.Data;

/// <summary>
/// Memory for decoders: fresh zeroed arrays with a limit. A pool would show remains of another picture where a damaged file
/// leaves gaps.
/// </summary>
/// <param name="limit">Most bytes of one array.</param>
internal sealed class ZeroedMemory(long limit) : MemoryAllocator
{
    /// <inheritdoc/>
    public override IMemoryOwner<T> Allocate<T>(int length, AllocationOptions options = AllocationOptions.None) =>
        length >= 0 && (long)length * Unsafe.SizeOf<T>() <= limit
            ? new Owned<T>(new T[length])
            : throw new InvalidMemoryOperationException($"It asks for {length} values of {Unsafe.SizeOf<T>()} bytes at once.");

    /// <inheritdoc/>
    protected override int GetBufferCapacityInBytes() => (int)Math.Min(limit, Array.MaxLength);

    private sealed class Owned<T>(T[] array) : IMemoryOwner<T>
    {
        public Memory<T> Memory { get; } = array;

        // The garbage collector takes the array.
        public void Dispose()
        {
        }
    }
}
