using System.Diagnostics.CodeAnalysis;

namespace PECHead.Research.Checkpoints;

/// <summary>The type of a stored tensor's elements: those that weights of vision models use.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The members are the types themselves.")]
public enum ElementType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,

    /// <summary>Signed 8-bit integer.</summary>
    Int8,

    /// <summary>Signed 16-bit integer.</summary>
    Int16,

    /// <summary>Signed 32-bit integer.</summary>
    Int32,

    /// <summary>Signed 64-bit integer.</summary>
    Int64,

    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>The upper half of a single-precision number.</summary>
    BFloat16,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>IEEE double precision.</summary>
    Float64,
}

/// <summary>Sizes and foreign names of <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <summary>One row for each type: size, name in safetensors, PyTorch's storage class and dtype.</summary>
    private static readonly (ElementType Type, int Size, string Safetensors, string StorageClass, string Dtype)[] Rows =
    [
        (ElementType.Bool, 1, "BOOL", "BoolStorage", "bool"),
        (ElementType.UInt8, 1, "U8", "ByteStorage", "uint8"),
        (ElementType.Int8, 1, "I8", "CharStorage", "int8"),
        (ElementType.Int16, 2, "I16", "ShortStorage", "int16"),
        (ElementType.Int32, 4, "I32", "IntStorage", "int32"),
        (ElementType.Int64, 8, "I64", "LongStorage", "int64"),
        (ElementType.Float16, 2, "F16", "HalfStorage", "float16"),
        (ElementType.BFloat16, 2, "BF16", "BFloat16Storage", "bfloat16"),
        (ElementType.Float32, 4, "F32", "FloatStorage", "float32"),
        (ElementType.Float64, 8, "F64", "DoubleStorage", "float64"),
    ];

    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <returns>The size in bytes.</returns>
    public static int ByteSize(this ElementType type) => Rows[(int)type].Size;

    /// <summary>The name that a safetensors header uses, such as <c>BF16</c>.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <returns>The name in upper case.</returns>
    public static string SafetensorsName(this ElementType type) => Rows[(int)type].Safetensors;

    /// <summary>The type that a safetensors header calls <paramref name="name"/>.</summary>
    /// <param name="name">The name in the header, in upper case.</param>
    /// <param name="type">The type, if it is one that is read here.</param>
    /// <returns>Whether the type is read here.</returns>
    public static bool TryFromSafetensors(string name, out ElementType type) =>
        Find(row => row.Safetensors == name, out type);

    /// <summary>The type of PyTorch's storage class <paramref name="name"/>, such as <c>HalfStorage</c>.</summary>
    /// <param name="name">The name of the class, without its module.</param>
    /// <param name="type">The type, if it is one that is read here.</param>
    /// <returns>Whether the type is read here.</returns>
    internal static bool TryFromStorageClass(string name, out ElementType type) =>
        Find(row => row.StorageClass == name, out type);

    /// <summary>Whether PyTorch has a dtype of this name among the types that are read here.</summary>
    internal static bool IsDtype(string name) => Find(row => row.Dtype == name, out _);

    private static bool Find(
        Predicate<(ElementType Type, int Size, string Safetensors, string StorageClass, string Dtype)> match,
        out ElementType type)
    {
        var index = Array.FindIndex(Rows, match);
        type = index < 0 ? default : Rows[index].Type;
        return index >= 0;
    }
}
