using System.Numerics;
using System.Runtime.CompilerServices;

namespace PECHead.Research.Acceleration;

/// <summary>
/// A small matrix product for the deformable convolution. The columns of a tile are multiplied while they lie in the cache, by
/// the thread that built them; a BLAS would bring threads of its own.
/// </summary>
/// <remarks>Loops over vectors are compiled with all optimisations at once: the first tier takes 100 times as long.</remarks>
internal static unsafe class DeformableProduct<T, TVector, TLanes>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TLanes : IDeformableLanes<TVector, T>
{
    // Rows of the block of results that stays in registers; it is one or two vectors wide.
    private const int BlockRows = 6;

    // Rows of a panel used at a time: 16 kB at most, so that they stay in the first-level cache from block to block.
    private const long Depth = 128;

    /// <summary>Elements of a packed matrix.</summary>
    public static long PackedSize(long depth, long columns) => depth * ((columns + TLanes.Count - 1) / TLanes.Count * TLanes.Count);

    /// <summary>Packs a [depth, columns] matrix into panels in which each row is contiguous, zero beyond the last column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(long depth, long columns, T* matrix, long rowStride, T* packed)
    {
        for (long j = 0; j < columns;)
        {
            long width = PanelWidth(columns - j), used = Math.Min(width, columns - j);
            for (long k = 0; k < depth; k++, packed += width)
            {
                T* from = matrix + k * rowStride + j;
                long i = 0;
                for (; i + TLanes.Count <= used; i += TLanes.Count) TLanes.Store(TLanes.Load(from + i), packed + i);
                for (; i < used; i++) packed[i] = from[i];
                for (; i < width; i++) packed[i] = T.Zero;
            }
            j += width;
        }
    }

    /// <summary>Packs one segment of the weight as the right-hand side of columns x weight, or of its transpose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackWeight(DeformableSizes sizes, in DeformableSegment segment, T* weight, bool transposed, T* packed)
    {
        long outputs = sizes.GroupOutputs, taps = sizes.Taps, filter = sizes.GroupChannels * taps, length = segment.Length;
        T* origin = weight + segment.WeightGroup * outputs * filter + segment.WeightChannel * taps;
        var (depth, columns) = transposed ? (outputs, segment.Rows) : (segment.Rows, outputs);
        for (long j = 0; j < columns;)
        {
            long width = PanelWidth(columns - j), used = Math.Min(width, columns - j);
            if (transposed)
            {
                for (long output = 0; output < outputs; output++, packed += width)
                {
                    long tap = j / length, channel = j % length;
                    for (long i = 0; i < used; i++)
                    {
                        packed[i] = origin[output * filter + channel * taps + tap];
                        if (++channel == length) (channel, tap) = (0, tap + 1);
                    }
                    for (long i = used; i < width; i++) packed[i] = T.Zero;
                }
            }
            else
            {
                for (long tap = 0; tap < taps; tap++)
                {
                    for (long channel = 0; channel < length; channel++, packed += width)
                    {
                        T* from = origin + j * filter + channel * taps + tap;
                        for (long i = 0; i < used; i++) packed[i] = from[i * filter];
                        for (long i = used; i < width; i++) packed[i] = T.Zero;
                    }
                }
            }
            j += width;
        }
    }

    /// <summary>result[rows, columns] += left x packed, where left(i, k) lies at i * rowStride + k * step.</summary>
    public static void MultiplyAdd(
        long rows, long columns, long depth, T* left, long rowStride, long step, T* packed, T* result, long resultStride)
    {
        T* block = stackalloc T[BlockRows * 2 * TLanes.Count];
        for (long j = 0; j < columns;)
        {
            long width = PanelWidth(columns - j), used = Math.Min(width, columns - j);
            for (long k = 0; k < depth; k += Depth)
            {
                long deep = Math.Min(Depth, depth - k);
                for (long i = 0; i < rows; i += BlockRows)
                {
                    long here = Math.Min(BlockRows, rows - i);
                    T* from = left + i * rowStride + k * step, panel = packed + k * width, to = result + i * resultStride + j;
                    bool whole = here == BlockRows && used == width;
                    if (!whole) new Span<T>(block, (int)(BlockRows * width)).Clear();
                    if (width == TLanes.Count)
                        Narrow(deep, from, rowStride, here, step, panel, whole ? to : block, whole ? resultStride : width);
                    else
                        Wide(deep, from, rowStride, here, step, panel, whole ? to : block, whole ? resultStride : width);
                    if (!whole) AddPart(block, width, to, resultStride, here, used);
                }
            }
            packed += depth * width;
            j += width;
        }
    }

    // Two vectors, or one at the end.
    private static long PanelWidth(long left) => left > TLanes.Count ? 2 * TLanes.Count : TLanes.Count;

    private static void AddPart(T* block, long width, T* result, long stride, long rows, long columns)
    {
        for (long i = 0; i < rows; i++)
        {
            for (long j = 0; j < columns; j++) result[i * stride + j] += block[i * width + j];
        }
    }

    // Six rows by two vectors. Rows that do not exist repeat the last one; their results are dropped.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(long depth, T* left, long rowStride, long rows, long step, T* panel, T* result, long stride)
    {
        T* row1 = left + Math.Min(1, rows - 1) * rowStride, row2 = left + Math.Min(2, rows - 1) * rowStride;
        T* row3 = left + Math.Min(3, rows - 1) * rowStride, row4 = left + Math.Min(4, rows - 1) * rowStride;
        T* row5 = left + Math.Min(5, rows - 1) * rowStride;
        TVector a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default;
        TVector a3 = default, b3 = default, a4 = default, b4 = default, a5 = default, b5 = default;
        for (long k = 0; depth > 0; depth--, k += step, panel += 2 * TLanes.Count)
        {
            var a = TLanes.Load(panel);
            var b = TLanes.Load(panel + TLanes.Count);
            var factor = TLanes.Create(left[k]);
            a0 = TLanes.MultiplyAdd(factor, a, a0);
            b0 = TLanes.MultiplyAdd(factor, b, b0);
            factor = TLanes.Create(row1[k]);
            a1 = TLanes.MultiplyAdd(factor, a, a1);
            b1 = TLanes.MultiplyAdd(factor, b, b1);
            factor = TLanes.Create(row2[k]);
            a2 = TLanes.MultiplyAdd(factor, a, a2);
            b2 = TLanes.MultiplyAdd(factor, b, b2);
            factor = TLanes.Create(row3[k]);
            a3 = TLanes.MultiplyAdd(factor, a, a3);
            b3 = TLanes.MultiplyAdd(factor, b, b3);
            factor = TLanes.Create(row4[k]);
            a4 = TLanes.MultiplyAdd(factor, a, a4);
            b4 = TLanes.MultiplyAdd(factor, b, b4);
            factor = TLanes.Create(row5[k]);
            a5 = TLanes.MultiplyAdd(factor, a, a5);
            b5 = TLanes.MultiplyAdd(factor, b, b5);
        }
        AddTo(result, a0, b0);
        AddTo(result + stride, a1, b1);
        AddTo(result + 2 * stride, a2, b2);
        AddTo(result + 3 * stride, a3, b3);
        AddTo(result + 4 * stride, a4, b4);
        AddTo(result + 5 * stride, a5, b5);
    }

    // Six rows by one vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(long depth, T* left, long rowStride, long rows, long step, T* panel, T* result, long stride)
    {
        T* row1 = left + Math.Min(1, rows - 1) * rowStride, row2 = left + Math.Min(2, rows - 1) * rowStride;
        T* row3 = left + Math.Min(3, rows - 1) * rowStride, row4 = left + Math.Min(4, rows - 1) * rowStride;
        T* row5 = left + Math.Min(5, rows - 1) * rowStride;
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        for (long k = 0; depth > 0; depth--, k += step, panel += TLanes.Count)
        {
            var a = TLanes.Load(panel);
            a0 = TLanes.MultiplyAdd(TLanes.Create(left[k]), a, a0);
            a1 = TLanes.MultiplyAdd(TLanes.Create(row1[k]), a, a1);
            a2 = TLanes.MultiplyAdd(TLanes.Create(row2[k]), a, a2);
            a3 = TLanes.MultiplyAdd(TLanes.Create(row3[k]), a, a3);
            a4 = TLanes.MultiplyAdd(TLanes.Create(row4[k]), a, a4);
            a5 = TLanes.MultiplyAdd(TLanes.Create(row5[k]), a, a5);
        }
        AddTo(result, a0);
        AddTo(result + stride, a1);
        AddTo(result + 2 * stride, a2);
        AddTo(result + 3 * stride, a3);
        AddTo(result + 4 * stride, a4);
        AddTo(result + 5 * stride, a5);
    }

    private static void AddTo(T* result, TVector a) => TLanes.Store(TLanes.Add(TLanes.Load(result), a), result);

    private static void AddTo(T* result, TVector a, TVector b)
    {
        AddTo(result, a);
        AddTo(result + TLanes.Count, b);
    }
}
