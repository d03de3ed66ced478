using System.Numerics;
using System.Runtime.Intrinsics;

namespace PECHead.Research.Acceleration;

/// <summary>Where the gradients go, all of them zero before; null where none is wanted.</summary>
internal unsafe struct DeformableGradients<T>
    where T : unmanaged
{
    /// <summary>[N, H, W, C].</summary>
    public T* Input;

    /// <summary>[parts, N, 2·G·taps, pixels]: one copy for every segment of an offset group.</summary>
    public T* Offset;

    /// <summary>[parts, N, G·taps, pixels].</summary>
    public T* Mask;

    /// <summary>[shares, rows, outputs of a group].</summary>
    public T* WeightRows;
}

/// <summary>
/// Modulated deformable convolution (version 2; version 1 without a mask) over raw memory: columns of a tile of pixels are
/// sampled bilinearly from channels-last input, and multiplied with the weight while they lie in the cache.
/// </summary>
internal static unsafe class DeformableKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Convolves.</summary>
    /// <param name="plan">Sizes and tiles.</param>
    /// <param name="images">The whole batch.</param>
    /// <param name="weight">[O, C/groups, kh, kw].</param>
    /// <param name="bias">[O] or null.</param>
    /// <param name="output">[N, H', W', O].</param>
    /// <param name="threads">Threads at most.</param>
    public static void Forward(DeformablePlan plan, DeformableImage<T> images, T* weight, T* bias, T* output, int threads)
    {
        if (Vector512.IsHardwareAccelerated)
            Forward<Vector512<T>, DeformableLanes512<T>>(plan, images, weight, bias, output, threads);
        else if (Vector256.IsHardwareAccelerated)
            Forward<Vector256<T>, DeformableLanes256<T>>(plan, images, weight, bias, output, threads);
        else
            Forward<Vector128<T>, DeformableLanes128<T>>(plan, images, weight, bias, output, threads);
    }

    /// <summary>Adds the gradients.</summary>
    /// <param name="plan">Sizes and tiles.</param>
    /// <param name="images">The whole batch.</param>
    /// <param name="weight">[O, C/groups, kh, kw].</param>
    /// <param name="slope">The gradient of the output, [N, H', W', O].</param>
    /// <param name="gradients">Where to.</param>
    /// <param name="threads">Threads at most.</param>
    public static void Backward(
        DeformablePlan plan, DeformableImage<T> images, T* weight, T* slope, DeformableGradients<T> gradients, int threads)
    {
        if (Vector512.IsHardwareAccelerated)
            Backward<Vector512<T>, DeformableLanes512<T>>(plan, images, weight, slope, gradients, threads);
        else if (Vector256.IsHardwareAccelerated)
            Backward<Vector256<T>, DeformableLanes256<T>>(plan, images, weight, slope, gradients, threads);
        else
            Backward<Vector128<T>, DeformableLanes128<T>>(plan, images, weight, slope, gradients, threads);
    }

    /// <summary>The gradient of the weight in its own order, from the rows of all shares.</summary>
    public static void CollectWeight(DeformablePlan plan, T* rows, T* gradient, int threads)
    {
        var sizes = plan.Sizes;
        long outputs = sizes.GroupOutputs, taps = sizes.Taps, filter = sizes.GroupChannels * taps, size = plan.Rows * outputs;
        DeformableWork.Share<T>(threads, plan.Segments.Length, 0, (s, _) =>
        {
            var segment = plan.Segments[s];
            T* from = rows + segment.FirstRow * outputs;
            for (long share = 1; share < plan.Shares; share++) DeformableSums.Add(from + share * size, from, segment.Rows * outputs);
            T* to = gradient + segment.WeightGroup * outputs * filter + segment.WeightChannel * taps;
            for (long channel = 0; channel < segment.Length; channel++)
            {
                for (long output = 0; output < outputs; output++)
                {
                    for (long tap = 0; tap < taps; tap++)
                        to[output * filter + channel * taps + tap] = from[(tap * segment.Length + channel) * outputs + output];
                }
            }
        });
    }

    /// <summary>The sum of the slope over images and pixels: the gradient of the bias, [O].</summary>
    public static void SumPixels(DeformablePlan plan, T* slope, T* sums, int threads)
    {
        long channels = plan.Sizes.OutChannels, pixels = plan.Sizes.Pixels, pieces = plan.Sizes.Batch * plan.Tiles;
        new Span<T>(sums, (int)channels).Clear();
        using var partial = new DeformableMemory<T>(pieces * channels);
        T* parts = partial.Pointer;
        DeformableWork.Share<T>(threads, pieces, 0, (piece, _) =>
        {
            long first = piece % plan.Tiles * plan.Tile, count = Math.Min(plan.Tile, pixels - first);
            T* from = slope + (piece / plan.Tiles * pixels + first) * channels, to = parts + piece * channels;
            new Span<T>(to, (int)channels).Clear();
            for (long p = 0; p < count; p++) DeformableSums.Add(from + p * channels, to, channels);
        });
        for (long piece = 0; piece < pieces; piece++) DeformableSums.Add(parts + piece * channels, sums, channels);
    }

    private static void Forward<TVector, TLanes>(
        DeformablePlan plan, DeformableImage<T> images, T* weight, T* bias, T* output, int threads)
        where TVector : unmanaged
        where TLanes : IDeformableLanes<TVector, T>
    {
        var sizes = plan.Sizes;
        long outputs = sizes.GroupOutputs, pixels = sizes.Pixels, channels = sizes.OutChannels;
        using var packedMemory = new DeformableMemory<T>(DeformableProduct<T, TVector, TLanes>.PackedSize(plan.Rows, outputs));
        T* packed = packedMemory.Pointer;
        DeformableWork.Share<T>(threads, plan.Segments.Length, 0, (s, _) =>
        {
            var segment = plan.Segments[s];
            T* to = packed + DeformableProduct<T, TVector, TLanes>.PackedSize(segment.FirstRow, outputs);
            DeformableProduct<T, TVector, TLanes>.PackWeight(sizes, segment, weight, transposed: false, to);
        });
        long columnSize = plan.Tile * plan.LongestRows, scratchSize = columnSize + DeformableSamples<T>.Elements(plan.Tile);
        DeformableWork.Share<T>(threads, sizes.Batch * plan.Tiles, scratchSize, (piece, scratch) =>
        {
            long n = piece / plan.Tiles, first = piece % plan.Tiles * plan.Tile, count = Math.Min(plan.Tile, pixels - first);
            var image = At(sizes, images, n);
            T* columns = scratch.Pointer, to = output + (n * pixels + first) * channels;
            var samples = new DeformableSamples<T>(columns + columnSize, plan.Tile);
            samples.FindOrigins(sizes, first, count);
            for (long p = 0; p < count; p++)
            {
                var row = new Span<T>(to + p * channels, (int)channels);
                if (bias != null) new ReadOnlySpan<T>(bias, (int)channels).CopyTo(row);
                else row.Clear();
            }
            foreach (var segment in plan.Segments)
            {
                for (long tap = 0; tap < sizes.Taps; tap++)
                {
                    samples.Locate(sizes, segment.OffsetGroup, tap, image, first, count);
                    Gather(sizes, segment, image.Input + segment.Channel, samples, count, columns + tap * segment.Length);
                }
                DeformableProduct<T, TVector, TLanes>.MultiplyAdd(
                    count, outputs, segment.Rows, columns, segment.Rows, 1,
                    packed + DeformableProduct<T, TVector, TLanes>.PackedSize(segment.FirstRow, outputs),
                    to + segment.WeightGroup * outputs, channels);
            }
        });
    }

    // Two threads never add to one place: a segment's gradients are its own, except those of its offset group, of which every
    // part of the group has a copy, and those of the weight, of which every share of the images has one.
    private static void Backward<TVector, TLanes>(
        DeformablePlan plan, DeformableImage<T> images, T* weight, T* slope, DeformableGradients<T> gradients, int threads)
        where TVector : unmanaged
        where TLanes : IDeformableLanes<TVector, T>
    {
        var sizes = plan.Sizes;
        long outputs = sizes.GroupOutputs, pixels = sizes.Pixels, tile = plan.Tile, columnSize = tile * plan.LongestRows;
        long transposedSize = DeformableProduct<T, TVector, TLanes>.PackedSize(outputs, plan.LongestRows);
        long slopeSize = DeformableProduct<T, TVector, TLanes>.PackedSize(tile, outputs);
        long planes = sizes.OffsetGroups * sizes.Taps * pixels;
        long scratchSize = transposedSize + 2 * columnSize + slopeSize + DeformableSamples<T>.Elements(tile);
        DeformableWork.Share<T>(threads, plan.Shares * plan.Segments.Length, scratchSize, (piece, scratch) =>
        {
            long share = piece / plan.Segments.Length;
            var segment = plan.Segments[piece % plan.Segments.Length];
            T* transposed = scratch.Pointer, columns = transposed + transposedSize, columnGradients = columns + columnSize;
            T* packedSlope = columnGradients + columnSize;
            var samples = new DeformableSamples<T>(packedSlope + slopeSize, tile);
            DeformableProduct<T, TVector, TLanes>.PackWeight(sizes, segment, weight, transposed: true, transposed);
            T* weightRows = gradients.WeightRows == null ? null : gradients.WeightRows + (share * plan.Rows + segment.FirstRow) * outputs;
            for (long n = share; n < sizes.Batch; n += plan.Shares)
            {
                var image = At(sizes, images, n);
                T* input = image.Input + segment.Channel;
                T* inputGradient = gradients.Input == null
                    ? null : gradients.Input + n * sizes.Height * sizes.Width * sizes.Channels + segment.Channel;
                T* offset = gradients.Offset == null ? null : gradients.Offset + (segment.Part * sizes.Batch + n) * 2 * planes;
                T* mask = gradients.Mask == null ? null : gradients.Mask + (segment.Part * sizes.Batch + n) * planes;
                for (long first = 0; first < pixels; first += tile)
                {
                    long count = Math.Min(tile, pixels - first);
                    T* from = slope + (n * pixels + first) * sizes.OutChannels + segment.WeightGroup * outputs;
                    new Span<T>(columnGradients, (int)(count * segment.Rows)).Clear();
                    DeformableProduct<T, TVector, TLanes>.MultiplyAdd(
                        count, segment.Rows, outputs, from, sizes.OutChannels, 1, transposed, columnGradients, segment.Rows);
                    samples.FindOrigins(sizes, first, count);
                    for (long tap = 0; tap < sizes.Taps; tap++)
                    {
                        long shift = tap * segment.Length, plane = (segment.OffsetGroup * sizes.Taps + tap) * pixels;
                        samples.Locate(sizes, segment.OffsetGroup, tap, image, first, count);
                        PullBack(sizes, segment, input, inputGradient, samples, count, columnGradients + shift, columns + shift);
                        T* offsetY = offset == null ? null : offset + 2 * plane + first;
                        samples.AddPositionGradients(
                            count, offsetY, offset == null ? null : offsetY + pixels, mask == null ? null : mask + plane + first);
                    }
                    if (weightRows == null) continue;
                    DeformableProduct<T, TVector, TLanes>.Pack(count, outputs, from, sizes.OutChannels, packedSlope);
                    DeformableProduct<T, TVector, TLanes>.MultiplyAdd(
                        segment.Rows, outputs, count, columns, 1, segment.Rows, packedSlope, weightRows, outputs);
                }
            }
        });
    }

    private static DeformableImage<T> At(DeformableSizes sizes, in DeformableImage<T> images, long n)
    {
        long planes = sizes.OffsetGroups * sizes.Taps * sizes.Pixels;
        return new DeformableImage<T>
        {
            Input = images.Input + n * sizes.Height * sizes.Width * sizes.Channels,
            Offset = images.Offset + n * 2 * planes,
            Mask = images.Mask == null ? null : images.Mask + n * planes,
        };
    }

    // The widest vector that divides the segment; 128 bits and single channels where none does.
    private static void Gather(
        DeformableSizes sizes, in DeformableSegment segment, T* input, in DeformableSamples<T> samples, long count, T* column)
    {
        if (Vector512.IsHardwareAccelerated && segment.Length % Vector512<T>.Count == 0)
            DeformableColumns<T, Vector512<T>, DeformableLanes512<T>>.Gather(sizes.Channels, segment, input, samples, count, column);
        else if (Vector256.IsHardwareAccelerated && segment.Length % Vector256<T>.Count == 0)
            DeformableColumns<T, Vector256<T>, DeformableLanes256<T>>.Gather(sizes.Channels, segment, input, samples, count, column);
        else
            DeformableColumns<T, Vector128<T>, DeformableLanes128<T>>.Gather(sizes.Channels, segment, input, samples, count, column);
    }

    private static void PullBack(
        DeformableSizes sizes, in DeformableSegment segment, T* input, T* inputGradient, in DeformableSamples<T> samples, long count,
        T* columnGradient, T* column)
    {
        long channels = sizes.Channels;
        if (Vector512.IsHardwareAccelerated && segment.Length % Vector512<T>.Count == 0)
        {
            DeformableColumns<T, Vector512<T>, DeformableLanes512<T>>.PullBack(
                channels, segment, input, inputGradient, samples, count, columnGradient, column);
        }
        else if (Vector256.IsHardwareAccelerated && segment.Length % Vector256<T>.Count == 0)
        {
            DeformableColumns<T, Vector256<T>, DeformableLanes256<T>>.PullBack(
                channels, segment, input, inputGradient, samples, count, columnGradient, column);
        }
        else
        {
            DeformableColumns<T, Vector128<T>, DeformableLanes128<T>>.PullBack(
                channels, segment, input, inputGradient, samples, count, columnGradient, column);
        }
    }
}
