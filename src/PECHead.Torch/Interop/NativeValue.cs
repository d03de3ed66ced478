using System.Runtime.InteropServices;

namespace PECHead.Torch.Interop;

/// <summary>The kinds of value an operator takes and returns; the numbers are those of pt_tag.</summary>
internal enum Tag : long
{
    Default = 0,
    None = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    IntList = 6,
    DoubleList = 7,
    TensorList = 8,
    String = 9,
    Device = 10,
    Generator = 11,
}

/// <summary>A pt_value: tag, payload (integer, bits of a double, or address) and length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public Tag Tag;
    public long Bits;
    public long Length;
}
