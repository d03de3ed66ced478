using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>How a depthwise 3x3 convolution walks over a picture.</summary>
/// <param name="Stride">Step in both directions.</param>
/// <param name="Top">Rows of zeros above the picture.</param>
/// <param name="Left">Columns of zeros beside it.</param>
/// <param name="OutHeight">Rows of the result; what they need below the picture is zero.</param>
/// <param name="OutWidth">Columns of the result.</param>
internal readonly record struct SeparableWindow(int Stride, int Top, int Left, int OutHeight, int OutWidth);

/// <summary>
/// A depthwise 3x3 and a 1x1 convolution, what is added, and the activation, row by row while the row lies in the cache: networks of small convolutions
/// otherwise spend their time on memory.
/// </summary>
internal static unsafe class SeparableKernel
{
    private const int RowsTogether = 8;

    /// <summary>Whether the kernel takes such sizes.</summary>
    /// <param name="channels">Of the input.</param>
    /// <param name="outputs">Of the result.</param>
    public static bool Fits(long channels, long outputs) => channels % Vector256<float>.Count == 0 && outputs % Vector256<float>.Count == 0 && channels <= 1024 && outputs <= 1024;

    /// <summary>Runs the block. It has no gradient.</summary>
    /// <param name="input">[N, C, H, W], float32 on the CPU.</param>
    /// <param name="taps">[9, C], row by row.</param>
    /// <param name="weight">[C, O].</param>
    /// <param name="bias">[O]; null: none.</param>
    /// <param name="added">[N, O, H', W'], added before the activation; null: nothing.</param>
    /// <param name="slopes">[O], of the values below zero: zeros for ReLU; null: no activation.</param>
    /// <param name="window">Steps and borders.</param>
    /// <returns>[N, O, H', W'], channels last.</returns>
    public static Tensor Run(Tensor input, Tensor taps, Tensor weight, Tensor? bias, Tensor? added, Tensor? slopes, SeparableWindow window)
    {
        using var scope = NewDisposeScope();
        var (rows, addedRows) = (Rows(input), added is null ? null : Rows(added));
        var result = empty([input.size(0), window.OutHeight, window.OutWidth, weight.size(1)]);
        fixed (byte* from = rows.bytes, plus = addedRows is null ? default : addedRows.bytes, first = taps.bytes, second = weight.bytes)
        fixed (byte* third = bias is null ? default : bias.bytes, fourth = slopes is null ? default : slopes.bytes, to = result.bytes)
        {
            var block = new Block
            {
                Window = window,
                Batch = input.size(0),
                Height = (int)input.size(2),
                Width = (int)input.size(3),
                Channels = (int)input.size(1),
                Outputs = (int)weight.size(1),
                Input = (float*)from,
                Taps = (float*)first,
                Weight = (float*)second,
                Bias = (float*)third,
                Added = (float*)plus,
                Slopes = (float*)fourth,
                Output = (float*)to,
            };
            if (Vector512.IsHardwareAccelerated && block.Channels % Vector512<float>.Count == 0 && block.Outputs % Vector512<float>.Count == 0)
                Run<Vector512<float>, DeformableLanes512<float>>(block);
            else
                Run<Vector256<float>, DeformableLanes256<float>>(block);
        }
        return result.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static Tensor Rows(Tensor values) => values.permute(0, 2, 3, 1).contiguous();

    private static void Run<TVector, TLanes>(Block block)
        where TVector : unmanaged
        where TLanes : IDeformableLanes<TVector, float>
    {
        using var memory = new DeformableMemory<float>(DeformableProduct<float, TVector, TLanes>.PackedSize(block.Channels, block.Outputs));
        float* packed = memory.Pointer;
        DeformableProduct<float, TVector, TLanes>.Pack(block.Channels, block.Outputs, block.Weight, block.Outputs, packed);
        long line = (long)block.Width * block.Channels, filtered = (long)block.Window.OutWidth * block.Channels;
        long pieces = (block.Window.OutHeight + RowsTogether - 1) / RowsTogether;
        DeformableWork.Share<float>(get_num_threads(), block.Batch * pieces, line + filtered, (piece, scratch) =>
        {
            var (image, first) = (piece / pieces, piece % pieces * RowsTogether);
            new Span<float>(scratch.Pointer, (int)line).Clear();
            for (long y = first; y < Math.Min(block.Window.OutHeight, first + RowsTogether); y++)
                Row<TVector, TLanes>(block, image, y, scratch.Pointer, scratch.Pointer + line, packed);
        });
    }

    private static void Row<TVector, TLanes>(in Block block, long image, long y, float* zeros, float* filtered, float* packed)
        where TVector : unmanaged
        where TLanes : IDeformableLanes<TVector, float>
    {
        long width = block.Window.OutWidth, place = ((image * block.Window.OutHeight) + y) * width * block.Outputs, top = (y * block.Window.Stride) - block.Window.Top;
        Filter<TVector, TLanes>(block, block.Line(image, top, zeros), block.Line(image, top + 1, zeros), block.Line(image, top + 2, zeros), filtered);
        Begin(block, place);
        DeformableProduct<float, TVector, TLanes>.MultiplyAdd(width, block.Outputs, block.Channels, filtered, block.Channels, 1, packed, block.Output + place, block.Outputs);
        if (block.Slopes != null) Activate(block.Output + place, width, block.Outputs, block.Slopes);
    }

    // One vector of channels after the other, whose nine weights stay in registers along the row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Filter<TVector, TLanes>(in Block block, float* above, float* middle, float* below, float* to)
        where TVector : unmanaged
        where TLanes : IDeformableLanes<TVector, float>
    {
        int channels = block.Channels, stride = block.Window.Stride, left = block.Window.Left, width = block.Window.OutWidth;
        int inner = (left + stride - 1) / stride, end = block.Width + left < 3 ? 0 : Math.Min(width, ((block.Width + left - 3) / stride) + 1);
        for (int c = 0; c < channels; c += TLanes.Count)
        {
            float* taps = block.Taps + c;
            var (a, b, d) = (TLanes.Load(taps), TLanes.Load(taps + channels), TLanes.Load(taps + (2 * channels)));
            var (e, f, g) = (TLanes.Load(taps + (3 * channels)), TLanes.Load(taps + (4 * channels)), TLanes.Load(taps + (5 * channels)));
            var (h, i, j) = (TLanes.Load(taps + (6 * channels)), TLanes.Load(taps + (7 * channels)), TLanes.Load(taps + (8 * channels)));
            for (int x = inner; x < end; x++)
            {
                long at = ((long)((x * stride) - left) * channels) + c;
                float* up = above + at, here = middle + at, down = below + at;
                var first = TLanes.MultiplyAdd(TLanes.Load(up + (2 * channels)), d, TLanes.MultiplyAdd(TLanes.Load(up + channels), b, TLanes.Multiply(TLanes.Load(up), a)));
                var second = TLanes.MultiplyAdd(TLanes.Load(here + (2 * channels)), g, TLanes.MultiplyAdd(TLanes.Load(here + channels), f, TLanes.Multiply(TLanes.Load(here), e)));
                var third = TLanes.MultiplyAdd(TLanes.Load(down + (2 * channels)), j, TLanes.MultiplyAdd(TLanes.Load(down + channels), i, TLanes.Multiply(TLanes.Load(down), h)));
                TLanes.Store(TLanes.Add(TLanes.Add(first, second), third), to + ((long)x * channels) + c);
            }
        }
        for (int x = 0; x < width; x++)
        {
            if (x < inner || x >= end) Border(block, above, middle, below, x, to + ((long)x * channels));
        }
    }

    private static void Border(in Block block, float* above, float* middle, float* below, int x, float* to)
    {
        int channels = block.Channels;
        new Span<float>(to, channels).Clear();
        for (int column = 0; column < 3; column++)
        {
            int at = (x * block.Window.Stride) - block.Window.Left + column;
            if (at < 0 || at >= block.Width) continue;
            for (int c = 0; c < channels; c++)
            {
                long place = ((long)at * channels) + c;
                float* taps = block.Taps + (column * channels) + c;
                to[c] += (above[place] * taps[0]) + (middle[place] * taps[3 * channels]) + (below[place] * taps[6 * channels]);
            }
        }
    }

    private static void Begin(in Block block, long place)
    {
        int outputs = block.Outputs;
        var row = new Span<float>(block.Output + place, block.Window.OutWidth * outputs);
        if (block.Added != null) new Span<float>(block.Added + place, row.Length).CopyTo(row);
        else row.Clear();
        if (block.Bias == null) return;
        for (float* to = block.Output + place, end = to + row.Length; to < end; to += outputs)
        {
            for (int o = 0; o < outputs; o += Vector256<float>.Count) (Vector256.Load(to + o) + Vector256.Load(block.Bias + o)).Store(to + o);
        }
    }

    private static void Activate(float* values, long pixels, int outputs, float* slopes)
    {
        for (long p = 0; p < pixels; p++, values += outputs)
        {
            for (int o = 0; o < outputs; o += Vector256<float>.Count)
            {
                var value = Vector256.Load(values + o);
                Vector256.ConditionalSelect(Vector256.LessThan(value, Vector256<float>.Zero), value * Vector256.Load(slopes + o), value).Store(values + o);
            }
        }
    }

    private struct Block
    {
        public SeparableWindow Window;
        public long Batch;
        public int Height, Width, Channels, Outputs;
        public float* Input, Taps, Weight, Bias, Added, Slopes, Output;

        // A row of the picture, or of what lies above and below it.
        public readonly float* Line(long image, long row, float* zeros) => row < 0 || row >= Height ? zeros : Input + (((image * Height) + row) * Width * Channels);
    }
}
