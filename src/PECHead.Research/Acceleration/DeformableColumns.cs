using System.Numerics;
using System.Runtime.CompilerServices;

namespace PECHead.Research.Acceleration;

/// <summary>The columns of one segment, column[p, tap, channel] = mask x input sampled at the tap's position, and their gradients.</summary>
internal static unsafe class DeformableColumns<T, TVector, TLanes>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TLanes : IDeformableLanes<TVector, T>
{
    /// <summary>Samples one tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(
        long channels, in DeformableSegment segment, T* input, in DeformableSamples<T> samples, long count, T* column)
    {
        int* corner0 = samples.Corner(0), corner1 = samples.Corner(1), corner2 = samples.Corner(2), corner3 = samples.Corner(3);
        T* weight0 = samples.Weight(0), weight1 = samples.Weight(1), weight2 = samples.Weight(2), weight3 = samples.Weight(3);
        long length = segment.Length, rows = segment.Rows, whole = length - length % TLanes.Count;
        for (long p = 0; p < count; p++, column += rows)
        {
            T* a = input + corner0[p] * channels, b = input + corner1[p] * channels;
            T* c = input + corner2[p] * channels, d = input + corner3[p] * channels;
            T wa = weight0[p], wb = weight1[p], wc = weight2[p], wd = weight3[p];
            TVector va = TLanes.Create(wa), vb = TLanes.Create(wb), vc = TLanes.Create(wc), vd = TLanes.Create(wd);
            long i = 0;
            for (; i < whole; i += TLanes.Count)
            {
                var sum = TLanes.MultiplyAdd(vb, TLanes.Load(b + i), TLanes.Multiply(va, TLanes.Load(a + i)));
                var more = TLanes.MultiplyAdd(vd, TLanes.Load(d + i), TLanes.Multiply(vc, TLanes.Load(c + i)));
                TLanes.Store(TLanes.Add(sum, more), column + i);
            }
            for (; i < length; i++) column[i] = wa * a[i] + wb * b[i] + (wc * c[i] + wd * d[i]);
        }
    }

    /// <summary>
    /// One tap of the backward pass. For each pixel: the products of the column's gradient with the four corners, the gradient of
    /// the corners (where <paramref name="inputGradient"/> is not null), and the column again for the gradient of the weight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PullBack(
        long channels, in DeformableSegment segment, T* input, T* inputGradient, in DeformableSamples<T> samples, long count,
        T* columnGradient, T* column)
    {
        int* corner0 = samples.Corner(0), corner1 = samples.Corner(1), corner2 = samples.Corner(2), corner3 = samples.Corner(3);
        T* weight0 = samples.Weight(0), weight1 = samples.Weight(1), weight2 = samples.Weight(2), weight3 = samples.Weight(3);
        T* products = samples.Product;
        long length = segment.Length, rows = segment.Rows, whole = length - length % TLanes.Count, stride = samples.ProductStride;
        for (long p = 0; p < count; p++, column += rows, columnGradient += rows)
        {
            long place0 = corner0[p] * channels, place1 = corner1[p] * channels, place2 = corner2[p] * channels, place3 = corner3[p] * channels;
            T wa = weight0[p], wb = weight1[p], wc = weight2[p], wd = weight3[p];
            TVector va = TLanes.Create(wa), vb = TLanes.Create(wb), vc = TLanes.Create(wc), vd = TLanes.Create(wd);
            TVector sa = default, sb = default, sc = default, sd = default;
            long i = 0;
            for (; i < whole; i += TLanes.Count)
            {
                var gradient = TLanes.Load(columnGradient + i);
                var a = TLanes.Load(input + place0 + i);
                var b = TLanes.Load(input + place1 + i);
                var c = TLanes.Load(input + place2 + i);
                var d = TLanes.Load(input + place3 + i);
                sa = TLanes.MultiplyAdd(gradient, a, sa);
                sb = TLanes.MultiplyAdd(gradient, b, sb);
                sc = TLanes.MultiplyAdd(gradient, c, sc);
                sd = TLanes.MultiplyAdd(gradient, d, sd);
                var sum = TLanes.MultiplyAdd(vb, b, TLanes.Multiply(va, a));
                TLanes.Store(TLanes.Add(sum, TLanes.MultiplyAdd(vd, d, TLanes.Multiply(vc, c))), column + i);
                if (inputGradient == null) continue;
                // One after the other: at a border the corners are the same pixel.
                AddTo(inputGradient + place0 + i, va, gradient);
                AddTo(inputGradient + place1 + i, vb, gradient);
                AddTo(inputGradient + place2 + i, vc, gradient);
                AddTo(inputGradient + place3 + i, vd, gradient);
            }
            TLanes.StoreSums(sa, sb, sc, sd, products + p, stride);
            for (; i < length; i++)
            {
                T gradient = columnGradient[i], a = input[place0 + i], b = input[place1 + i], c = input[place2 + i], d = input[place3 + i];
                products[p] += gradient * a;
                products[p + stride] += gradient * b;
                products[p + 2 * stride] += gradient * c;
                products[p + 3 * stride] += gradient * d;
                column[i] = wa * a + wb * b + (wc * c + wd * d);
                if (inputGradient == null) continue;
                inputGradient[place0 + i] += wa * gradient;
                inputGradient[place1 + i] += wb * gradient;
                inputGradient[place2 + i] += wc * gradient;
                inputGradient[place3 + i] += wd * gradient;
            }
        }
    }

    private static void AddTo(T* to, TVector weight, TVector gradient) => TLanes.Store(TLanes.MultiplyAdd(weight, gradient, TLanes.Load(to)), to);
}
