using PECHead.Torch.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number passed to an operator: an integer, a float or a bool.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double _float;
    private readonly long _integer;

    internal Scalar(double value, ScalarType type = ScalarType.Float64) => (_float, Type) = (value, type);

    internal Scalar(long value, ScalarType type = ScalarType.Int64) => (_integer, Type) = (value, type);

    internal Scalar(bool value) => (_integer, Type) = (value ? 1 : 0, ScalarType.Bool);

    public ScalarType Type { get; }

    private bool IsFloat => Type is ScalarType.Float64 or ScalarType.Float32;

    public static implicit operator Scalar(byte value) => new(value, ScalarType.Byte);

    public static implicit operator Scalar(sbyte value) => new(value, ScalarType.Int8);

    public static implicit operator Scalar(short value) => new(value, ScalarType.Int16);

    public static implicit operator Scalar(int value) => new(value, ScalarType.Int32);

    public static implicit operator Scalar(long value) => new(value);

    public static implicit operator Scalar(float value) => new(value, ScalarType.Float32);

    public static implicit operator Scalar(double value) => new(value);

    public static implicit operator Scalar(bool value) => new(value);

    /// <summary>Nothing native to free; TorchSharp's is disposable.</summary>
    public void Dispose()
    {
    }

    internal double AsDouble() => IsFloat ? _float : _integer;

    internal long AsInteger() => IsFloat ? (long)_float : _integer;

    internal Argument ToArgument() => Type switch
    {
        ScalarType.Float32 or ScalarType.Float64 => _float,
        ScalarType.Bool => _integer != 0,
        _ => _integer,
    };
}

/// <summary>Readers of a scalar's value and writers from plain numbers.</summary>
public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;

    public static Scalar ToScalar(this short value) => value;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static float ToSingle(this Scalar value) => (float)value.AsDouble();

    public static double ToDouble(this Scalar value) => value.AsDouble();

    public static int ToInt32(this Scalar value) => (int)value.AsInteger();

    public static long ToInt64(this Scalar value) => value.AsInteger();

    public static bool ToBoolean(this Scalar value) => value.AsInteger() != 0;
}
