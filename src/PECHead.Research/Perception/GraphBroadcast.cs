using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Operations on two values that are broadcast against each other.</summary>
internal static class GraphBroadcast
{
    /// <summary>Compiles an operation on two computed values, or on one and a constant.</summary>
    /// <param name="context">The node.</param>
    /// <param name="apply">The operation.</param>
    /// <param name="applyInPlace">The same, into the first operand; null where there is none.</param>
    public static GraphKernel Compile(GraphContext context, Func<Tensor, Tensor, Tensor> apply, Func<Tensor, Tensor, Tensor>? applyInPlace = null)
    {
        if (context.Inputs is not [var left, var right])
            throw context.Fault($"{context.Inputs.Length} inputs instead of 2");
        if (left.Constant is not null)
        {
            if (right.Constant is not null)
                throw context.Fault("both inputs are constants");
            (left, right) = (right, left);   // all of these operations commute
        }

        var shape = context.Checked(Shape(context, left, right));
        var first = context.Inputs[0].Constant is null ? 0 : 1;
        var inPlace = first == 0 && shape.AsSpan().SequenceEqual(left.Shape) ? applyInPlace : null;
        if (right.Constant is null)
        {
            return new GraphKernel(shape, (inputs, _, overwrite) =>
                overwrite && inPlace is not null ? inPlace(inputs[0]!, inputs[1]!) : apply(inputs[0]!, inputs[1]!));
        }

        var constant = context.Keep(Placed(context, right, left));
        return new GraphKernel(shape, (inputs, weights, overwrite) =>
            overwrite && inPlace is not null ? inPlace(inputs[0]!, weights[constant]) : apply(inputs[first]!, weights[constant]));
    }

    private static long[] Shape(GraphContext context, GraphValue left, GraphValue right)
    {
        if (right.Shape.Length > left.Shape.Length || (right.Constant is null && right.Shape.Length != left.Shape.Length))
            throw Mismatch();
        var shape = left.Shape.ToArray();
        var offset = shape.Length - right.Shape.Length;
        for (var i = 0; i < right.Shape.Length; i++)
        {
            if (shape[i + offset] != right.Shape[i] && shape[i + offset] != 1 && right.Shape[i] != 1)
                throw Mismatch();
            shape[i + offset] = Math.Max(shape[i + offset], right.Shape[i]);
        }

        return shape;

        Exception Mismatch() => context.Fault($"[{string.Join(", ", left.Shape)}] and [{string.Join(", ", right.Shape)}] do not go together");
    }

    /// <summary>A constant in the layout of the value it meets.</summary>
    private static Tensor Placed(GraphContext context, GraphValue constant, GraphValue other)
    {
        if (constant.Constant!.Integers.Length > 0)
            throw context.Fault("a constant of whole numbers where numbers of float32 belong");
        using var scope = NewDisposeScope();
        long[] shape = [.. Enumerable.Repeat(1L, other.Shape.Length - constant.Shape.Length), .. constant.Shape];
        var placed = tensor(constant.Constant.Values, shape);
        return (other.IsImage ? placed.permute(0, 3, 1, 2) : placed).DetachFromDisposeScope();
    }
}
