using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace PECHead.Research.Acceleration;

/// <summary>Vectors of one width, so that the code of the deformable convolution is written once for every width.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="T">Its element: float or double.</typeparam>
internal unsafe interface IDeformableLanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    static abstract int Count { get; }

    static abstract TVector Load(T* from);

    static abstract void Store(TVector value, T* to);

    static abstract TVector Create(T value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left x right + added, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector added);

    /// <summary>The sums of the lanes of four vectors, <paramref name="stride"/> elements apart.</summary>
    static abstract void StoreSums(TVector a, TVector b, TVector c, TVector d, T* to, long stride);
}

/// <summary>128 bits.</summary>
internal readonly unsafe struct DeformableLanes128<T> : IDeformableLanes<Vector128<T>, T>
    where T : unmanaged
{
    public static int Count => Vector128<T>.Count;

    public static Vector128<T> Load(T* from) => Vector128.Load(from);

    public static void Store(Vector128<T> value, T* to) => value.Store(to);

    public static Vector128<T> Create(T value) => Vector128.Create(value);

    public static Vector128<T> Add(Vector128<T> left, Vector128<T> right) => left + right;

    public static Vector128<T> Multiply(Vector128<T> left, Vector128<T> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> left, Vector128<T> right, Vector128<T> added) => typeof(T) == typeof(float)
        ? Vector128.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), added.AsSingle()).As<float, T>()
        : Vector128.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), added.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Vector128<T> a, Vector128<T> b, Vector128<T> c, Vector128<T> d, T* to, long stride)
    {
        if (typeof(T) == typeof(float))
        {
            var sums = AddPairs(AddPairs(a.AsSingle(), b.AsSingle()), AddPairs(c.AsSingle(), d.AsSingle())).As<float, T>();
            (to[0], to[stride], to[2 * stride], to[3 * stride]) = (sums[0], sums[1], sums[2], sums[3]);
        }
        else
        {
            (to[0], to[stride], to[2 * stride], to[3 * stride]) = (Vector128.Sum(a), Vector128.Sum(b), Vector128.Sum(c), Vector128.Sum(d));
        }
    }

    private static Vector128<float> AddPairs(Vector128<float> left, Vector128<float> right)
    {
        if (Sse3.IsSupported)
            return Sse3.HorizontalAdd(left, right);
        return AdvSimd.Arm64.IsSupported
            ? AdvSimd.Arm64.AddPairwise(left, right)
            : Vector128.Create(left[0] + left[1], left[2] + left[3], right[0] + right[1], right[2] + right[3]);
    }
}

/// <summary>256 bits.</summary>
internal readonly unsafe struct DeformableLanes256<T> : IDeformableLanes<Vector256<T>, T>
    where T : unmanaged
{
    public static int Count => Vector256<T>.Count;

    public static Vector256<T> Load(T* from) => Vector256.Load(from);

    public static void Store(Vector256<T> value, T* to) => value.Store(to);

    public static Vector256<T> Create(T value) => Vector256.Create(value);

    public static Vector256<T> Add(Vector256<T> left, Vector256<T> right) => left + right;

    public static Vector256<T> Multiply(Vector256<T> left, Vector256<T> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> left, Vector256<T> right, Vector256<T> added) => typeof(T) == typeof(float)
        ? Vector256.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), added.AsSingle()).As<float, T>()
        : Vector256.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), added.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Vector256<T> a, Vector256<T> b, Vector256<T> c, Vector256<T> d, T* to, long stride)
        => DeformableLanes128<T>.StoreSums(Halved(a), Halved(b), Halved(c), Halved(d), to, stride);

    private static Vector128<T> Halved(Vector256<T> value) => value.GetLower() + value.GetUpper();
}

/// <summary>512 bits.</summary>
internal readonly unsafe struct DeformableLanes512<T> : IDeformableLanes<Vector512<T>, T>
    where T : unmanaged
{
    public static int Count => Vector512<T>.Count;

    public static Vector512<T> Load(T* from) => Vector512.Load(from);

    public static void Store(Vector512<T> value, T* to) => value.Store(to);

    public static Vector512<T> Create(T value) => Vector512.Create(value);

    public static Vector512<T> Add(Vector512<T> left, Vector512<T> right) => left + right;

    public static Vector512<T> Multiply(Vector512<T> left, Vector512<T> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd(Vector512<T> left, Vector512<T> right, Vector512<T> added) => typeof(T) == typeof(float)
        ? Vector512.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), added.AsSingle()).As<float, T>()
        : Vector512.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), added.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d, T* to, long stride)
        => DeformableLanes256<T>.StoreSums(Halved(a), Halved(b), Halved(c), Halved(d), to, stride);

    private static Vector256<T> Halved(Vector512<T> value) => value.GetLower() + value.GetUpper();
}
