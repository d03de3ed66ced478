using static TorchSharp.torch;

namespace PECHead.Research.Checkpoints;

/// <summary>Element types of stored tensors as torch knows them.</summary>
internal static class TorchElementTypes
{
    /// <summary>The torch type of stored elements.</summary>
    /// <param name="type">The stored type.</param>
    public static ScalarType ToScalarType(ElementType type) => type switch
    {
        ElementType.Bool => ScalarType.Bool,
        ElementType.UInt8 => ScalarType.Byte,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Float32 => ScalarType.Float32,
        ElementType.Float64 => ScalarType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a stored type."),
    };

    /// <summary>The stored type of torch elements.</summary>
    /// <param name="scalarType">The torch type.</param>
    /// <param name="type">The stored type, if there is one.</param>
    /// <returns>False for complex and quantised types.</returns>
    public static bool TryFromScalarType(ScalarType scalarType, out ElementType type)
    {
        foreach (var candidate in Enum.GetValues<ElementType>())
        {
            if (ToScalarType(candidate) == scalarType)
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }
}
