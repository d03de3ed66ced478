using System.Numerics.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

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

    /// <summary>A weighted sum, channel by channel: values + others · slope + offset.</summary>
    /// <param name="values">[N, C, …], of a floating type.</param>
    /// <param name="others">Of the same shape and type.</param>
    /// <param name="slope">C numbers.</param>
    /// <param name="offset">C numbers.</param>
    /// <returns>In the shape and type of the values.</returns>
    public static Tensor Combine(Tensor values, Tensor others, double[] slope, double[] offset)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return (OnePass(values) ? Blend(values, others, slope, offset) : ComposeBlend(values, others, slope, offset)).MoveToOuterDisposeScope();
    }

    /// <summary>The sums by ordinary operations, on any device.</summary>
    internal static double[] ComposeSums(Tensor values, Tensor others, double[] origin, double[] otherOrigin)
    {
        long[] frames = [.. Enumerable.Range(0, (int)values.ndim).Where(dimension => dimension != 1).Select(dimension => (long)dimension)];
        var (centred, otherCentred) = (values.to(Wide(values)) - Along(origin, values), others.to(Wide(values)) - Along(otherOrigin, values));
        return [.. cat([centred.sum(frames), (centred * otherCentred).sum(frames)]).to(ScalarType.Float64).cpu().data<double>()];
    }

    /// <summary>The weighted sum by ordinary operations, on any device.</summary>
    internal static Tensor ComposeBlend(Tensor values, Tensor others, double[] slope, double[] offset)
        => (values + (others.to(Wide(values)) * Along(slope, values)) + Along(offset, values)).to(values.dtype);

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
        var (origins, otherOrigins) = (Tiled(origin, tile), Tiled(otherOrigin, tile));
        bool narrow = values.dtype == ScalarType.BFloat16;
        fixed (byte* first = rows.bytes, second = otherRows.bytes)
        {
            byte* left = first, right = second;
            DeformableWork.Share<float>(get_num_threads(), blocks, 4L * tile, (piece, memory) =>
            {
                var scratch = new Span<float>(memory.Pointer, 4 * tile);
                Span<float> a = scratch[..tile], b = scratch.Slice(tile, tile), sum = scratch.Slice(2 * tile, tile), products = scratch.Slice(3 * tile, tile);
                sum.Clear();
                products.Clear();
                for (long at = piece * block; at < Math.Min(total, (piece + 1) * block); at += tile)
                {
                    int count = (int)Math.Min(tile, total - at);
                    Load(left, at, a[..count], narrow);
                    TensorPrimitives.Subtract(a[..count], origins.AsSpan(0, count), a[..count]);
                    Load(right, at, b[..count], narrow);
                    TensorPrimitives.Subtract(b[..count], otherOrigins.AsSpan(0, count), b[..count]);
                    TensorPrimitives.Add(sum[..count], a[..count], sum[..count]);
                    TensorPrimitives.MultiplyAdd(a[..count], b[..count], products[..count], products[..count]);
                }
                var part = parts[piece] = new double[2 * channels];
                for (int i = 0; i < tile; i++)
                {
                    part[i % channels] += sum[i];
                    part[channels + (i % channels)] += products[i];
                }
            });
        }
        var sums = new double[2 * channels];
        foreach (var part in parts) TensorPrimitives.Add<double>(sums, part, sums);
        return sums;
    }

    private static Tensor Blend(Tensor values, Tensor others, double[] slope, double[] offset)
    {
        var (rows, otherRows) = (Rows(values), Rows(others));
        var result = empty_like(rows);
        int channels = slope.Length, tile = TileRows(channels) * channels;
        long total = rows.numel(), block = (long)tile * BlockTiles;
        var (slopes, offsets) = (Tiled(slope, tile), Tiled(offset, tile));
        bool narrow = values.dtype == ScalarType.BFloat16;
        fixed (byte* first = rows.bytes, second = otherRows.bytes, written = result.bytes)
        {
            byte* left = first, right = second, to = written;
            DeformableWork.Share<float>(get_num_threads(), (total + block - 1) / block, 2L * tile, (piece, memory) =>
            {
                var scratch = new Span<float>(memory.Pointer, 2 * tile);
                for (long at = piece * block; at < Math.Min(total, (piece + 1) * block); at += tile)
                {
                    int count = (int)Math.Min(tile, total - at);
                    Span<float> a = scratch[..count], b = scratch.Slice(tile, count);
                    Load(left, at, a, narrow);
                    Load(right, at, b, narrow);
                    TensorPrimitives.Add(a, offsets.AsSpan(0, count), a);
                    TensorPrimitives.MultiplyAdd(b, slopes.AsSpan(0, count), a, a);
                    Store(a, to, at, narrow);
                }
            });
        }
        return result.movedim([-1], [1]);
    }

    private static int TileRows(int channels) => Math.Max(1, TileElements / channels);

    private static float[] Tiled(double[] channels, int tile) => [.. Enumerable.Range(0, tile).Select(i => (float)channels[i % channels.Length])];

    private static void Load(byte* from, long at, Span<float> to, bool narrow)
    {
        fixed (float* target = to)
        {
            if (narrow) BrainFloats.Widen((ushort*)from + at, target, to.Length);
            else new Span<float>((float*)from + at, to.Length).CopyTo(to);
        }
    }

    private static void Store(Span<float> from, byte* to, long at, bool narrow)
    {
        fixed (float* source = from)
        {
            if (narrow) BrainFloats.Round(source, (ushort*)to + at, from.Length);
            else from.CopyTo(new Span<float>((float*)to + at, from.Length));
        }
    }
}
