using System.Numerics;
using System.Runtime.CompilerServices;

namespace PECHead.Research.Acceleration;

/// <summary>One image of the batch: the input is channels last, offset and mask are planes of all output pixels.</summary>
internal unsafe struct DeformableImage<T>
    where T : unmanaged
{
    public T* Input;
    public T* Offset;

    /// <summary>Or null.</summary>
    public T* Mask;
}

/// <summary>
/// Where the pixels of a tile sample at one tap of one offset group: four corner pixels (top left, top right, bottom left,
/// bottom right) and their bilinear weights. Rows of rented memory, long enough for whole vectors.
/// </summary>
internal readonly unsafe struct DeformableSamples<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Offsets are copied, so that whole vectors never read beyond the end of a tensor.
    private const int OriginY = 0, OriginX = 1, OffsetY = 2, OffsetX = 3, Masks = 4, Downs = 5, Rights = 6, Insides = 7, Weights = 11;
    private const int Corners = 15, Products = 19, Slopes = 23, Rows = 26;

    private readonly T* _memory;
    private readonly long _stride;

    public DeformableSamples(T* memory, long tile)
    {
        _memory = memory;
        _stride = Stride(tile);
    }

    /// <summary>Products of the column's gradient with the four corners; <see cref="ProductStride"/> apart.</summary>
    public T* Product => Row(Products);

    public long ProductStride => _stride;

    public static long Elements(long tile) => Rows * Stride(tile);

    /// <summary>Numbers of the pixels at a corner, 0 to 3: valid ones even where the corner lies outside.</summary>
    public int* Corner(int corner) => (int*)Row(Corners + corner);

    /// <summary>Bilinear weight times mask, 0 outside.</summary>
    public T* Weight(int corner) => Row(Weights + corner);

    /// <summary>Where the pixels lie in the input before taps and offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FindOrigins(DeformableSizes sizes, long first, long count)
    {
        T* toY = Row(OriginY), toX = Row(OriginX);
        long y = first / sizes.OutWidth, x = first % sizes.OutWidth;
        for (long p = 0; p < count; p++)
        {
            toY[p] = T.CreateTruncating(y * sizes.Stride.Y - sizes.Padding.Y);
            toX[p] = T.CreateTruncating(x * sizes.Stride.X - sizes.Padding.X);
            if (++x == sizes.OutWidth) (x, y) = (0, y + 1);
        }
    }

    /// <summary>Finds corners and weights at one tap; the origins are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Locate(DeformableSizes sizes, long offsetGroup, long tap, in DeformableImage<T> image, long first, long count)
    {
        long plane = offsetGroup * sizes.Taps + tap, pixels = sizes.Pixels;
        Copy(image.Offset + 2 * plane * pixels + first, OffsetY, count);
        Copy(image.Offset + (2 * plane + 1) * pixels + first, OffsetX, count);
        if (image.Mask != null)
            Copy(image.Mask + plane * pixels + first, Masks, count);
        else
            new Span<T>(Row(Masks), (int)count).Fill(T.One);
        var tapY = new Vector<T>(T.CreateTruncating(tap / sizes.KernelWidth * sizes.Dilation.Y));
        var tapX = new Vector<T>(T.CreateTruncating(tap % sizes.KernelWidth * sizes.Dilation.X));
        var height = new Vector<T>(T.CreateTruncating(sizes.Height));
        var width = new Vector<T>(T.CreateTruncating(sizes.Width));
        var (one, zero) = (Vector<T>.One, Vector<T>.Zero);
        var (lastY, lastX) = (height - one, width - one);
        for (long p = 0; p < count; p += Vector<T>.Count)
        {
            var y = Load(OriginY, p) + tapY + Load(OffsetY, p);
            var x = Load(OriginX, p) + tapX + Load(OffsetX, p);
            // -1 itself has a slope into the image, so it counts as near; zero offsets at a padded border lie exactly there.
            var near = Vector.GreaterThanOrEqual(y, -one) & Vector.LessThan(y, height)
                & Vector.GreaterThanOrEqual(x, -one) & Vector.LessThan(x, width);
            var (yNear, xNear) = (Vector.ConditionalSelect(near, y, zero), Vector.ConditionalSelect(near, x, zero));
            var (top, left) = (Floor(yNear), Floor(xNear));
            var (down, right) = (yNear - top, xNear - left);
            var (bottom, last) = (top + one, left + one);
            var inTop = near & Vector.GreaterThanOrEqual(top, zero) & one;
            var inBottom = near & Vector.LessThanOrEqual(bottom, lastY) & one;
            var inLeft = Vector.GreaterThanOrEqual(left, zero) & one;
            var inRight = Vector.LessThanOrEqual(last, lastX) & one;
            var (row0, row1) = (Vector.Max(top, zero), Vector.Min(bottom, lastY));
            var (column0, column1) = (Vector.Max(left, zero), Vector.Min(last, lastX));
            // A position that is no number shows in the result instead of passing for one that lies outside.
            var number = Vector.Equals(y, y) & Vector.Equals(x, x);
            var mask = Load(Masks, p) + Vector.ConditionalSelect(number, zero, y + x);
            StorePixel(row0, column0, sizes.Width, Corner(0) + p);
            StorePixel(row0, column1, sizes.Width, Corner(1) + p);
            StorePixel(row1, column0, sizes.Width, Corner(2) + p);
            StorePixel(row1, column1, sizes.Width, Corner(3) + p);
            Store(down, Downs, p);
            Store(right, Rights, p);
            Store(mask, Masks, p);
            Store(inTop * inLeft, Insides, p);
            Store(inTop * inRight, Insides + 1, p);
            Store(inBottom * inLeft, Insides + 2, p);
            Store(inBottom * inRight, Insides + 3, p);
            Store((one - down) * (one - right) * (inTop * inLeft) * mask, Weights, p);
            Store((one - down) * right * (inTop * inRight) * mask, Weights + 1, p);
            Store(down * (one - right) * (inBottom * inLeft) * mask, Weights + 2, p);
            Store(down * right * (inBottom * inRight) * mask, Weights + 3, p);
        }
    }

    /// <summary>Adds the gradients of offset and mask at one tap, from the products; null where none is wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddPositionGradients(long count, T* offsetY, T* offsetX, T* mask)
    {
        var one = Vector<T>.One;
        for (long p = 0; p < count; p += Vector<T>.Count)
        {
            var a = Load(Products, p) * Load(Insides, p);
            var b = Load(Products + 1, p) * Load(Insides + 1, p);
            var c = Load(Products + 2, p) * Load(Insides + 2, p);
            var d = Load(Products + 3, p) * Load(Insides + 3, p);
            var (down, right, weight) = (Load(Downs, p), Load(Rights, p), Load(Masks, p));
            Store(weight * ((one - right) * (c - a) + right * (d - b)), Slopes, p);
            Store(weight * ((one - down) * (b - a) + down * (d - c)), Slopes + 1, p);
            Store((one - down) * ((one - right) * a + right * b) + down * ((one - right) * c + right * d), Slopes + 2, p);
        }
        if (offsetY != null)
        {
            DeformableSums.Add(Row(Slopes), offsetY, count);
            DeformableSums.Add(Row(Slopes + 1), offsetX, count);
        }
        if (mask != null)
            DeformableSums.Add(Row(Slopes + 2), mask, count);
    }

    private static long Stride(long tile) => (tile + 15) / 16 * 16;

    private static Vector<T> Floor(Vector<T> value) => typeof(T) == typeof(float)
        ? Vector.Floor(value.As<T, float>()).As<float, T>()
        : Vector.Floor(value.As<T, double>()).As<double, T>();

    private static void StorePixel(Vector<T> row, Vector<T> column, long width, int* to)
    {
        if (typeof(T) == typeof(float))
        {
            var pixel = Vector.ConvertToInt32(row.As<T, float>()) * (int)width + Vector.ConvertToInt32(column.As<T, float>());
            Vector.Store(pixel, to);
        }
        else
        {
            for (int i = 0; i < Vector<T>.Count; i++) to[i] = int.CreateTruncating(row[i]) * (int)width + int.CreateTruncating(column[i]);
        }
    }

    private T* Row(int row) => _memory + row * _stride;

    private void Copy(T* from, int row, long count) => new ReadOnlySpan<T>(from, (int)count).CopyTo(new Span<T>(Row(row), (int)count));

    private Vector<T> Load(int row, long p) => Vector.Load(Row(row) + p);

    private void Store(Vector<T> value, int row, long p) => Vector.Store(value, Row(row) + p);
}
