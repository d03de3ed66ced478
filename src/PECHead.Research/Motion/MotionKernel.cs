using System.Runtime.Intrinsics;
using PECHead.Research.Acceleration;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>
/// What is around the network of a dense motion, on the CPU and without gradients, in one pass each and without a tensor for every
/// point: what it looks at, and the motion that follows from its answer.
/// </summary>
/// <remarks>
/// A proposal is an affine map, T_k(z) = A_k z + b_k. So neither the proposals nor the copies of the source have to be written down:
/// the mixture of the motions is the mixture of the maps.
/// </remarks>
internal static unsafe class MotionKernel
{
    private const int Lanes = 8;
    private const int Channels = 4;   // one heatmap, one warped RGB

    /// <summary>Whether the kernel computes for these tensors.</summary>
    /// <param name="reduced">The reduced source frames.</param>
    /// <param name="positions">Points.</param>
    public static bool Takes(Tensor reduced, Tensor positions) => !is_grad_enabled()
        && reduced.device_type == DeviceType.CPU && positions.device_type == DeviceType.CPU && positions.dtype == ScalarType.Float32
        && reduced.dtype is ScalarType.Float32 or ScalarType.BFloat16 && reduced.numel() > 0;

    /// <summary>Heatmaps and warped copies side by side, as the network reads them.</summary>
    /// <param name="reduced">Source frames [N, 3, h, w].</param>
    /// <param name="maps">A_k and b_k [N, K, 2, 3], without the background's.</param>
    /// <param name="source">Points in the source [N, K, 2].</param>
    /// <param name="driving">The same in the driving frame.</param>
    /// <param name="variance">Of a bump, see <see cref="GaussianHeatmap.Render"/>.</param>
    /// <param name="alignCorners">See <see cref="Warping.Sample"/>.</param>
    /// <returns>[N, 4·(K+1), h, w], channels last, in the type of the frames: for each proposal its bumps' difference and the RGB it shows.</returns>
    public static Tensor Look(Tensor reduced, Tensor maps, Tensor source, Tensor driving, double variance, bool alignCorners)
    {
        using var scope = NewDisposeScope();
        var (n, height, width) = (reduced.size(0), (int)reduced.size(2), (int)reduced.size(3));
        int proposals = (int)maps.size(1) + 1, padded = Padded(proposals);
        var colours = reduced.to(ScalarType.Float32).permute(0, 2, 3, 1).contiguous().data<float>().ToArray();
        var points = new[] { driving, source }.Select(positions => positions.contiguous().data<float>().ToArray()).ToArray();
        var affine = maps.contiguous().data<float>().ToArray();
        bool narrow = reduced.dtype == ScalarType.BFloat16;
        var result = empty([n, height, width, Channels * proposals], reduced.dtype);
        fixed (byte* start = result.bytes)
        {
            byte* to = start;
            for (int frame = 0; frame < n; frame++)
            {
                var image = new PaddedImage(colours, frame, height, width);
                float[] bumps = [.. points.SelectMany(one => Bumps(one, frame, 0, width, proposals, variance)),
                    .. points.SelectMany(one => Bumps(one, frame, 1, height, proposals, variance))];
                var map = new AffineMaps(affine, frame, proposals).InPixels(height, width, alignCorners);
                byte* lines = to + ((long)frame * height * width * Channels * proposals * result.element_size());
                long line = (long)width * Channels * proposals;
                DeformableWork.Share<float>(get_num_threads(), height, line + (2 * padded), (y, scratch) =>
                {
                    float* row = narrow ? scratch.Pointer : (float*)lines + (y * line);
                    fixed (float* profiles = bumps, pixels = image.Pixels, coefficients = map.Values)
                    {
                        map.AtRow(Axis((int)y, height), coefficients, scratch.Pointer + line);
                        for (int x = 0; x < width; x++)
                        {
                            LookAt(
                                new Gaze(coefficients, scratch.Pointer + line, padded, Axis(x, width)), image, pixels, profiles + (x * padded),
                                profiles + ((2L * width) + y) * padded, (long)width * padded, (long)height * padded, row + ((long)x * Channels * proposals), proposals);
                        }
                    }
                    if (narrow) BrainFloats.Round(row, (ushort*)lines + (y * line), line);
                });
            }
        }
        return result.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>The motion that the network's answer means: the softmax over the proposals mixes their maps.</summary>
    /// <param name="logits">[N, K+1, h, w] float32 or bfloat16, and one channel more where occlusion is estimated.</param>
    /// <param name="maps">As for <see cref="Look"/>.</param>
    /// <returns>Deformation [N, h, w, 2], and occlusion [N, 1, h, w], both float32.</returns>
    public static (Tensor Deformation, Tensor Occlusion) Decide(Tensor logits, Tensor maps)
    {
        using var scope = NewDisposeScope();
        var (n, channels, height, width) = (logits.size(0), (int)logits.size(1), (int)logits.size(2), (int)logits.size(3));
        int proposals = (int)maps.size(1) + 1, padded = Padded(proposals);
        var affine = maps.contiguous().data<float>().ToArray();
        var answers = logits.to(ScalarType.Float32).permute(0, 2, 3, 1).contiguous();
        var (deformation, occlusion) = (empty([n, height, width, 2]), ones(n, 1, height, width));
        fixed (byte* answerBytes = answers.bytes, deformationBytes = deformation.bytes, occlusionBytes = occlusion.bytes)
        {
            float* from = (float*)answerBytes, to = (float*)deformationBytes, visible = (float*)occlusionBytes;
            for (int frame = 0; frame < n; frame++)
            {
                var map = new AffineMaps(affine, frame, proposals);
                long first = (long)frame * height * width;
                DeformableWork.Share<float>(get_num_threads(), height, 3 * padded, (y, scratch) =>
                {
                    float* shares = scratch.Pointer + (2 * padded);
                    new Span<float>(shares, padded).Fill(float.NegativeInfinity);
                    fixed (float* coefficients = map.Values)
                    {
                        map.AtRow(Axis((int)y, height), coefficients, scratch.Pointer);
                        for (int x = 0; x < width; x++)
                        {
                            long pixel = first + (y * width) + x;
                            float* answer = from + (pixel * channels);
                            new ReadOnlySpan<float>(answer, proposals).CopyTo(new Span<float>(shares, proposals));
                            Mix(new Gaze(coefficients, scratch.Pointer, padded, Axis(x, width)), shares, to + (2 * pixel));
                            if (channels > proposals) visible[pixel] = 1 / (1 + MathF.Exp(-answer[proposals]));
                        }
                    }
                });
            }
        }
        return (deformation.MoveToOuterDisposeScope(), occlusion.MoveToOuterDisposeScope());
    }

    private static int Padded(int proposals) => (proposals + Lanes - 1) / Lanes * Lanes;

    private static float Axis(int index, int length) => (float)((2.0 * index / (length - 1)) - 1);

    // Bumps along one axis, [length, proposals]; the background has none.
    private static float[] Bumps(float[] points, int frame, int axis, int length, int proposals, double variance)
    {
        int padded = Padded(proposals);
        var profiles = new float[length * padded];
        for (int i = 0; i < length; i++)
        {
            for (int k = 1; k < proposals; k++)
            {
                float distance = Axis(i, length) - points[(((frame * (proposals - 1)) + k - 1) * 2) + axis];
                profiles[(i * padded) + k] = MathF.Exp(distance * distance * (float)(-0.5 / variance));
            }
        }
        return profiles;
    }

    private static void LookAt(
        Gaze gaze, PaddedImage image, float* pixels, float* across, float* down, long acrossNext, long downNext, float* to, int proposals)
    {
        int* places = stackalloc int[Lanes];
        float* fractions = stackalloc float[3 * Lanes];
        for (int first = 0; first < proposals; first += Lanes)
        {
            var (x, y) = gaze.At(first);
            x = Vector256.MinNative(Vector256.MaxNative(x, Vector256.Create(-1f)), Vector256.Create((float)image.Width));
            y = Vector256.MinNative(Vector256.MaxNative(y, Vector256.Create(-1f)), Vector256.Create((float)image.Height));
            var (left, top) = (Vector256.Floor(x), Vector256.Floor(y));
            (x - left).Store(fractions);
            (y - top).Store(fractions + Lanes);
            ((Vector256.Load(across + first) * Vector256.Load(down + first))
                - (Vector256.Load(across + acrossNext + first) * Vector256.Load(down + downNext + first))).Store(fractions + (2 * Lanes));
            var place = ((Vector256.ConvertToInt32(top) + Vector256<int>.One) * image.Stride) + Vector256.ConvertToInt32(left) + Vector256<int>.One;
            place.Store(places);
            for (int lane = 0; lane < Math.Min(Lanes, proposals - first); lane++)
            {
                float* corner = pixels + ((long)places[lane] * Channels), below = corner + (image.Stride * Channels);
                var fraction = Vector128.Create(fractions[lane]);
                var upper = Vector128.MultiplyAddEstimate(fraction, Vector128.Load(corner + Channels) - Vector128.Load(corner), Vector128.Load(corner));
                var lower = Vector128.MultiplyAddEstimate(fraction, Vector128.Load(below + Channels) - Vector128.Load(below), Vector128.Load(below));
                var colour = Vector128.MultiplyAddEstimate(Vector128.Create(fractions[Lanes + lane]), lower - upper, upper);
                colour.WithElement(0, fractions[(2 * Lanes) + lane]).Store(to + ((long)(first + lane) * Channels));
            }
        }
    }

    private static void Mix(Gaze gaze, float* logits, float* to)
    {
        var greatest = Vector256.Load(logits);
        for (int first = Lanes; first < gaze.Padded; first += Lanes) greatest = Vector256.Max(greatest, Vector256.Load(logits + first));
        float top = greatest[0];
        for (int lane = 1; lane < Lanes; lane++) top = Math.Max(top, greatest[lane]);
        var (sum, sumX, sumY) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (int first = 0; first < gaze.Padded; first += Lanes)
        {
            var share = Vector256.Exp(Vector256.Load(logits + first) - Vector256.Create(top));
            var (x, y) = gaze.At(first);
            (sum, sumX, sumY) = (sum + share, sumX + (share * x), sumY + (share * y));
        }
        float total = Vector256.Sum(sum);
        (to[0], to[1]) = (Vector256.Sum(sumX) / total, Vector256.Sum(sumY) / total);
    }

    // Where the proposals look from a column of a row.
    private readonly struct Gaze(float* coefficients, float* row, int padded, float x)
    {
        public int Padded => padded;

        public (Vector256<float> X, Vector256<float> Y) At(int first) => (
            Vector256.MultiplyAddEstimate(Vector256.Load(coefficients + first), Vector256.Create(x), Vector256.Load(row + first)),
            Vector256.MultiplyAddEstimate(Vector256.Load(coefficients + (3 * padded) + first), Vector256.Create(x), Vector256.Load(row + padded + first)));
    }

    // The maps of a frame by coefficient, [2, 3, padded], the background's identity first; behind the last there are zeros.
    private sealed class AffineMaps
    {
        private readonly int _padded;

        public AffineMaps(float[] maps, int frame, int proposals)
        {
            _padded = Padded(proposals);
            Values = new float[6 * _padded];
            (Values[0], Values[4 * _padded]) = (1, 1);
            for (int k = 1; k < proposals; k++)
            {
                for (int i = 0; i < 6; i++) Values[(i * _padded) + k] = maps[(((frame * (proposals - 1)) + k - 1) * 6) + i];
            }
        }

        public float[] Values { get; }

        // The same with results in pixels.
        public AffineMaps InPixels(int height, int width, bool alignCorners)
        {
            for (int axis = 0; axis < 2; axis++)
            {
                int side = axis == 0 ? width : height;
                float scale = (alignCorners ? side - 1 : side) / 2f, middle = (side - 1) / 2f;
                for (int i = 0; i < 3 * _padded; i++) Values[(3 * axis * _padded) + i] *= scale;
                for (int k = 0; k < _padded; k++) Values[(((3 * axis) + 2) * _padded) + k] += middle;
            }
            return this;
        }

        // What does not change along a row: [2, padded].
        public void AtRow(float y, float* values, float* to)
        {
            for (int axis = 0; axis < 2; axis++)
            {
                for (int k = 0; k < _padded; k++)
                    to[(axis * _padded) + k] = (values[(((3 * axis) + 1) * _padded) + k] * y) + values[(((3 * axis) + 2) * _padded) + k];
            }
        }
    }

    // A frame of four floats a pixel, the first of them 0, with zeros around: one row and column before it, two behind.
    private sealed class PaddedImage
    {
        public PaddedImage(float[] colours, int frame, int height, int width)
        {
            (Height, Width) = (height, width);
            Pixels = new float[(height + 3) * Stride * Channels];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                    colours.AsSpan(((frame * height) + y) * width * 3 + (3 * x), 3).CopyTo(Pixels.AsSpan(((((y + 1) * Stride) + x + 1) * Channels) + 1));
            }
        }

        public int Height { get; }

        public int Width { get; }

        public int Stride => Width + 3;

        public float[] Pixels { get; }
    }
}
