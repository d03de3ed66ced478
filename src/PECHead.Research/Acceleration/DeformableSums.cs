using System.Numerics;
using System.Runtime.CompilerServices;

namespace PECHead.Research.Acceleration;

/// <summary>Sums of arrays in one order.</summary>
internal static unsafe class DeformableSums
{
    /// <summary>to += from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(T* from, T* to, long count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long i = 0;
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count) Vector.Store(Vector.Load(to + i) + Vector.Load(from + i), to + i);
        for (; i < count; i++) to[i] += from[i];
    }
}
