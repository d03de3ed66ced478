using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>What batch normalisation needs of the frames, channel by channel: on the CPU each in one pass over memory.</summary>
internal static unsafe class ChannelKernel
{
    private const int TileElements = 1024, BlockTiles = 16;

    /// <summary>Sums of a channel's values, and of their products with other values.</summary>
    /// <param name="values">[N, C, …], of a floating type.</param>
    /// <param name="others">Of the same shape and type.</param>
    /// <param name="origin">C numbers, subtracted from the values.</param>
    /// <param name="otherOrigin">C numbers, subtracted from the others.</param>
    /// <returns>C sums of v − origin, then C sums of (v − origin)(o − otherOrigin).</returns>
    public static double[] Sums(Tensor values, Tensor others, double[] origin, double[] otherOrigin)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return OnePass(values) ? Accumulate(values, others, origin, otherOrigin) : ComposeSums(values, others, origin, otherOrigin);
    }

    /// <summary>A weighted sum, channel by channel: values · scale + others · slope + offset.</summary>
    /// <param name="values">[N, C, …], of a floating type.</param>
    /// <param name="others">Of the same shape and type.</param>
    /// <param name="scale">C numbers.</param>
    /// <param name="slope">C numbers.</param>
    /// <param name="offset">C numbers.</param>
    /// <returns>In the shape and type of the values.</returns>
    public static Tensor Combine(Tensor values, Tensor others, double[] scale, double[] slope, double[] offset)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return (OnePass(values) ? Blend(values, others, scale, slope, offset) : ComposeBlend(values, others, scale, slope, offset)).MoveToOuterDisposeScope();
    }

    /// <summary>The sums by ordinary operations, on any device.</summary>
    internal static double[] ComposeSums(Tensor values, Tensor others, double[] origin, double[] otherOrigin)
    {
        long[] frames = [.. Enumerable.Range(0, (int)values.ndim).Where(dimension => dimension != 1).Select(dimension => (long)dimension)];
        var (centred, otherCentred) = (values.to(Wide(values)) - Along(origin, values), others.to(Wide(values)) - Along(otherOrigin, values));
        return [.. cat([centred.sum(frames), (centred * otherCentred).sum(frames)]).to(ScalarType.Float64).cpu().data<double>()];
    }

    /// <summary>The weighted sum by ordinary operations, on any device.</summary>
    internal static Tensor ComposeBlend(Tensor values, Tensor others, double[] scale, double[] slope, double[] offset)
        => ((values.to(Wide(values)) * Along(scale, values)) + (others.to(Wide(values)) * Along(slope, values)) + Along(offset, values)).to(values.dtype);

    private static Tensor Along(double[] channels, Tensor values)
        => tensor(channels).to(Wide(values)).to(values.device).reshape([1, -1, .. Enumerable.Repeat(1L, (int)values.ndim - 2)]);

    private static ScalarType Wide(Tensor values) => values.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static bool OnePass(Tensor values) => values.device_type == DeviceType.CPU && values.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && values.numel() is > 0 and <= int.MaxValue / sizeof(float);

    private static Tensor Rows(Tensor values) => values.movedim([1], [-1]).contiguous();

    // Floats over a tile, which gives short rows the speed of long ones; doubles over the blocks.
    private static double[] Accumulate(Tensor values, Tensor others, double[] origin, double[] otherOrigin)
    {
        var (rows, otherRows) = (Rows(values), Rows(others));
        int channels = origin.Length, tile = TileRows(channels) * channels;
        long total = rows.numel(), block = (long)tile * BlockTiles, blocks = (total + block - 1) / block;
        var parts = new double[blocks][];
        bool narrow = values.dtype == ScalarType.BFloat16;
        fixed (byte* first = rows.bytes, second = otherRows.bytes)
        fixed (float* origins = Tiled(origin, tile), otherOrigins = Tiled(otherOrigin, tile))
        {
            byte* left = first, right = second;
            float* from = origins, otherFrom = otherOrigins;
            DeformableWork.Share<float>(get_num_threads(), blocks, 2L * tile, (piece, memory) =>
            {
                var sums = new Span<float>(memory.Pointer, 2 * tile);
                sums.Clear();
                for (long at = piece * block; at < Math.Min(total, (piece + 1) * block); at += tile)
                    AddTile(left, right, at, (int)Math.Min(tile, total - at), narrow, from, otherFrom, memory.Pointer, memory.Pointer + tile);
                var part = parts[piece] = new double[2 * channels];
                for (int i = 0; i < tile; i++)
                {
                    part[i % channels] += sums[i];
                    part[channels + (i % channels)] += sums[tile + i];
                }
            });
        }
        var total64 = new double[2 * channels];
        foreach (var part in parts)
        {
            for (int i = 0; i < total64.Length; i++) total64[i] += part[i];
        }
        return total64;
    }

    private static Tensor Blend(Tensor values, Tensor others, double[] scale, double[] slope, double[] offset)
    {
        var (rows, otherRows) = (Rows(values), Rows(others));
        var result = empty_like(rows);
        int channels = slope.Length, tile = TileRows(channels) * channels;
        long total = rows.numel(), block = (long)tile * BlockTiles;
        bool narrow = values.dtype == ScalarType.BFloat16;
        fixed (byte* first = rows.bytes, second = otherRows.bytes, written = result.bytes)
        fixed (float* scales = Tiled(scale, tile), slopes = Tiled(slope, tile), offsets = Tiled(offset, tile))
        {
            byte* left = first, right = second, to = written;
            float* a = scales, b = slopes, c = offsets;
            DeformableWork.Share<float>(get_num_threads(), (total + block - 1) / block, 0, (piece, _) =>
            {
                for (long at = piece * block; at < Math.Min(total, (piece + 1) * block); at += tile)
                    BlendTile(left, right, to, at, (int)Math.Min(tile, total - at), narrow, a, b, c);
            });
        }
        return result.movedim([-1], [1]);
    }

    // Few calls take long: they must not wait for the compiler's second look.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTile(byte* left, byte* right, long at, int count, bool narrow, float* origins, float* otherOrigins, float* sums, float* products)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var a = Load(left, at + i, narrow) - Vector256.Load(origins + i);
            var b = Load(right, at + i, narrow) - Vector256.Load(otherOrigins + i);
            (Vector256.Load(sums + i) + a).Store(sums + i);
            Vector256.FusedMultiplyAdd(a, b, Vector256.Load(products + i)).Store(products + i);
        }
        for (; i < count; i++)
        {
            float a = One(left, at + i, narrow) - origins[i], b = One(right, at + i, narrow) - otherOrigins[i];
            sums[i] += a;
            products[i] += a * b;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BlendTile(byte* left, byte* right, byte* to, long at, int count, bool narrow, float* scales, float* slopes, float* offsets)
    {
        Vector256<float> At(int i) => Vector256.FusedMultiplyAdd(
            Load(left, at + i, narrow), Vector256.Load(scales + i), Vector256.FusedMultiplyAdd(Load(right, at + i, narrow), Vector256.Load(slopes + i), Vector256.Load(offsets + i)));
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            var (low, high) = (At(i), At(i + 8));
            if (narrow)
            {
                BrainFloats.Round(low, high).Store((ushort*)to + at + i);
            }
            else
            {
                low.Store((float*)to + at + i);
                high.Store((float*)to + at + i + 8);
            }
        }
        for (; i < count; i++)
        {
            float value = (One(left, at + i, narrow) * scales[i]) + (One(right, at + i, narrow) * slopes[i]) + offsets[i];
            if (narrow) BrainFloats.Round(&value, (ushort*)to + at + i, 1);
            else ((float*)to)[at + i] = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(byte* from, long at, bool narrow) => narrow ? BrainFloats.Widen((ushort*)from + at) : Vector256.Load((float*)from + at);

    private static float One(byte* from, long at, bool narrow) => narrow ? BrainFloats.Widen(((ushort*)from)[at]) : ((float*)from)[at];

    private static int TileRows(int channels) => Math.Max(1, TileElements / channels);

    private static float[] Tiled(double[] channels, int tile) => [.. Enumerable.Range(0, tile).Select(i => (float)channels[i % channels.Length])];
}
