using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PECHead.Research.Acceleration;

/// <summary>Conversion between floats and brain floats, which are their upper halves.</summary>
internal static unsafe class BrainFloats
{
    private const uint Quiet = 0x7FC0;

    /// <summary>Rounds to the nearest, ties to even; what is no number stays none.</summary>
    /// <param name="from">Floats.</param>
    /// <param name="to">At least as many brain floats.</param>
    public static void Round(ReadOnlySpan<float> from, Span<ushort> to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to.Length, from.Length);
        fixed (float* source = from)
        fixed (ushort* target = to)
            Round(source, target, from.Length);
    }

    /// <summary>Widens.</summary>
    /// <param name="from">Brain floats.</param>
    /// <param name="to">At least as many floats.</param>
    public static void Widen(ReadOnlySpan<ushort> from, Span<float> to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to.Length, from.Length);
        fixed (ushort* source = from)
        fixed (float* target = to)
            Widen(source, target, from.Length);
    }

    /// <inheritdoc cref="Round(ReadOnlySpan{float}, Span{ushort})"/>
    public static void Round(float* from, ushort* to, long count)
    {
        long i = 0;
        for (; i + 16 <= count; i += 16) Round(Vector256.Load(from + i), Vector256.Load(from + i + 8)).Store(to + i);
        for (; i < count; i++) to[i] = (ushort)Rounded(Vector256.Create(from[i]))[0];
    }

    /// <inheritdoc cref="Widen(ReadOnlySpan{ushort}, Span{float})"/>
    public static void Widen(ushort* from, float* to, long count)
    {
        long i = 0;
        for (; i + 8 <= count; i += 8) Widen(from + i).Store(to + i);
        for (; i < count; i++) to[i] = Widen(from[i]);
    }

    /// <summary>Widens one.</summary>
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>Rounds sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Round(Vector256<float> low, Vector256<float> high) => Vector256.Narrow(Rounded(low), Rounded(high));

    /// <summary>Widens eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen(ushort* from)
    {
        var (low, high) = Vector128.Widen(Vector128.Load(from));
        return (Vector256.Create(low, high) << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rounded(Vector256<float> value)
    {
        var bits = value.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256.Create(1u))) >>> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, Vector256.Create(Quiet));
    }
}
