using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>How one input of a case is drawn: uniform numbers within bounds, of the case's float type or integers.</summary>
internal sealed record Draw(DrawKind Kind, double Low, double High, long[] Shape)
{
    /// <summary>Numbers in [-2, 2]; a gradient is compared.</summary>
    internal static Draw Real(params long[] shape) => new(DrawKind.Real, -2, 2, shape);

    /// <summary>Numbers in [0.2, 2]; a gradient is compared.</summary>
    internal static Draw Positive(params long[] shape) => new(DrawKind.Real, 0.2, 2, shape);

    /// <summary>Numbers in [-0.9, 0.9]; a gradient is compared.</summary>
    internal static Draw Unit(params long[] shape) => new(DrawKind.Real, -0.9, 0.9, shape);

    /// <summary>Numbers that are data: no gradient.</summary>
    internal static Draw Data(params long[] shape) => new(DrawKind.Data, -2, 2, shape);

    /// <summary>int64 from 0 to below <paramref name="high"/>.</summary>
    internal static Draw Index(long high, params long[] shape) => new(DrawKind.Integer, 0, high, shape);

    /// <summary>int64 from -9 to below 10, without 0.</summary>
    internal static Draw Integer(params long[] shape) => new(DrawKind.NonZero, -9, 10, shape);

    /// <summary>bool, even odds.</summary>
    internal static Draw Mask(params long[] shape) => new(DrawKind.Mask, 0, 2, shape);

    internal bool NeedsGradient => Kind == DrawKind.Real;

    internal ScalarType Type(ScalarType real) => Kind switch
    {
        DrawKind.Real or DrawKind.Data => real,
        DrawKind.Mask => ScalarType.Bool,
        _ => ScalarType.Int64,
    };

    /// <summary>A tensor without gradient, the same for the same state of <paramref name="random"/>.</summary>
    internal Tensor Make(Random random, ScalarType real)
    {
        var count = Shape.TotalSize();
        var values = new double[count];
        for (long i = 0; i < count; i++)
        {
            values[i] = Low + ((High - Low) * random.NextDouble());
            if (Kind is DrawKind.Integer or DrawKind.NonZero or DrawKind.Mask) values[i] = Math.Floor(values[i]);
            if (Kind == DrawKind.NonZero && values[i] == 0) values[i] = 3;
        }
        return tensor(values).reshape(Shape).to(Type(real));
    }
}

/// <summary>What an input consists of.</summary>
internal enum DrawKind
{
    Real,
    Data,
    Integer,
    NonZero,
    Mask,
}
