namespace PECHead.Research.Acceleration;

/// <summary>The arithmetic of convolutions and matrix products.</summary>
public enum Precision
{
    /// <summary>32-bit floats throughout.</summary>
    Full,

    /// <summary>Brain floats (8 bits of mantissa) in convolutions and products, 32 bits elsewhere.</summary>
    Mixed,
}
