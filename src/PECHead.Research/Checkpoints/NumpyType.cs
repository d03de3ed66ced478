using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace PECHead.Research.Checkpoints;

/// <summary>A NumPy dtype: single NumPy numbers occur in training logs and optimiser states.</summary>
internal sealed class NumpyType
{
    private readonly string _code;
    private bool _bigEndian;

    private NumpyType(string code) => _code = code;

    /// <summary>numpy.dtype(code, align, copy).</summary>
    public static object Create(object?[] arguments) => arguments is [string code, ..] && code is
        "b1" or "i1" or "u1" or "i2" or "u2" or "i4" or "u4" or "i8" or "u8" or "f2" or "f4" or "f8"
            ? new NumpyType(code)
            : throw new CheckpointFormatException("The file has a NumPy type that is neither a whole number, a real number nor a boolean.");

    /// <summary>numpy.core.multiarray.scalar(dtype, bytes).</summary>
    public static object Scalar(object?[] arguments)
    {
        return arguments switch
        {
            [NumpyType type, byte[] bytes] => type.Read(bytes),
            // Python 2 wrote the bytes as a string, one byte a character.
            [NumpyType type, string { Length: <= 8 } text] => type.Read(Encoding.Latin1.GetBytes(text)),
            _ => throw new CheckpointFormatException("The file makes a NumPy number of arguments that do not fit."),
        };
    }

    /// <summary>Applies the state (version, byte order, ...).</summary>
    public void SetByteOrder(object?[] state)
    {
        if (state is not [long, "<" or ">" or "|" or "=", ..])
            throw new CheckpointFormatException("The file gives a NumPy type a state that does not fit.");
        _bigEndian = (string)state[1]! == ">";
    }

    private object Read(byte[] bytes)
    {
        if (bytes.Length != _code[1] - '0')
            throw new CheckpointFormatException($"A NumPy number of the type {_code} has {bytes.Length} bytes.");
        var ordered = _bigEndian ? bytes.Reverse().ToArray() : bytes;
        return _code switch
        {
            "b1" => ordered[0] != 0,
            "i1" => (long)(sbyte)ordered[0],
            "u1" => (long)ordered[0],
            "i2" => (long)BinaryPrimitives.ReadInt16LittleEndian(ordered),
            "u2" => (long)BinaryPrimitives.ReadUInt16LittleEndian(ordered),
            "i4" => (long)BinaryPrimitives.ReadInt32LittleEndian(ordered),
            "u4" => (long)BinaryPrimitives.ReadUInt32LittleEndian(ordered),
            "i8" => BinaryPrimitives.ReadInt64LittleEndian(ordered),
            "u8" => new BigInteger(BinaryPrimitives.ReadUInt64LittleEndian(ordered)),
            "f2" => (double)BinaryPrimitives.ReadHalfLittleEndian(ordered),
            "f4" => (double)BinaryPrimitives.ReadSingleLittleEndian(ordered),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(ordered),
        };
    }
}
