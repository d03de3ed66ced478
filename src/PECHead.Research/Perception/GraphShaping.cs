using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Operators that change the shape: padding, reshaping, joining, averaging. Positions count as in the file, channels last.</summary>
internal static class GraphShaping
{
    private const int MaximumPadding = 4096;

    /// <summary>Compiles Pad: zeros around any dimension but the batch.</summary>
    public static GraphKernel Pad(GraphContext context)
    {
        var input = context.Activation(0);
        var paddings = context.Integers(1);
        if (paddings.Length != 2 * input.Shape.Length || paddings.Any(count => count is < 0 or > MaximumPadding) || paddings[0] + paddings[1] > 0)
            throw context.Fault($"paddings [{string.Join(", ", paddings)}] for [{string.Join(", ", input.Shape)}]");
        var shape = context.Checked([.. input.Shape.Select((size, i) => size + paddings[2 * i] + paddings[(2 * i) + 1])]);
        // Torch counts from the last dimension of the tensor, which holds images channels first.
        var order = Enumerable.Range(0, shape.Length).OrderByDescending(i => input.Dimension(i));
        long[] reversed = [.. order.SelectMany(i => new long[] { paddings[2 * i], paddings[(2 * i) + 1] })];
        return new GraphKernel(shape, (inputs, _, _) => nn.functional.pad(inputs[0]!, reversed, PaddingModes.Constant, 0));
    }

    /// <summary>Compiles Reshape; the batch stays in front, whatever number the file has there.</summary>
    public static GraphKernel Reshape(GraphContext context)
    {
        var input = context.Activation(0);
        long[] target = [.. context.Integers(1)];
        if (target.Count(size => size == -1) > 1 || target.Any(size => size is < -1 or 0))
            throw context.Fault($"no shape [{string.Join(", ", target)}]");
        var elements = input.Shape.Aggregate((product, size) => product * size);
        if (Array.IndexOf(target, -1) is >= 0 and var free)
            target[free] = elements / target.Where(size => size > 0).Aggregate(1L, (product, size) => Math.Min(elements + 1, product * size)) is > 0 and var rest
                ? rest : throw context.Fault($"{elements} elements do not fill [{string.Join(", ", target)}]");
        var shape = context.Checked(target);
        if (shape.Aggregate((product, size) => product * size) != elements)
            throw context.Fault($"{elements} elements do not fill [{string.Join(", ", target)}]");
        var output = new GraphValue(shape);
        return new GraphKernel(shape, (inputs, _, _) =>
        {
            using var scope = NewDisposeScope();
            var flat = ChannelsBehind(inputs[0]!, input).reshape([inputs[0]!.size(0), .. shape[1..]]);
            return ChannelsInFront(flat, output).MoveToOuterDisposeScope();
        }, IsView: true);
    }

    /// <summary>Compiles ConcatV2, whose last input is the dimension.</summary>
    public static GraphKernel Concatenate(GraphContext context)
    {
        if (context.Inputs.Length is < 2 or > 64 || context.Integers(context.Inputs.Length - 1) is not [var axis])
            throw context.Fault("needs inputs and one dimension");
        var first = context.Activation(0);
        axis += axis < 0 ? first.Shape.Length : 0;
        if (axis < 1 || axis >= first.Shape.Length)
            throw context.Fault($"cannot join along dimension {axis}");
        var parts = Enumerable.Range(0, context.Inputs.Length - 1).Select(context.Activation).ToArray();
        if (Array.Exists(parts, part => part.Shape.Length != first.Shape.Length || part.Shape.Where((size, i) => i != axis && size != first.Shape[i]).Any()))
            throw context.Fault("its inputs do not go together");
        var shape = first.Shape.ToArray();
        shape[axis] = parts.Sum(part => part.Shape[axis]);
        var dimension = first.Dimension(axis);
        return new GraphKernel(context.Checked(shape), (inputs, _, _) => cat([.. inputs.Take(parts.Length).Select(input => input!)], dimension));
    }

    /// <summary>Compiles Mean over any dimensions but the batch.</summary>
    public static GraphKernel Mean(GraphContext context)
    {
        var input = context.Activation(0);
        var rank = input.Shape.Length;
        var keep = context.Node.Flag("keep_dims");
        long[] axes = [.. context.Integers(1).Select(axis => axis < 0 ? (long)axis + rank : axis).Distinct()];
        if (axes.Length == 0 || axes.Any(axis => axis < 1 || axis >= rank))
            throw context.Fault($"no mean over [{string.Join(", ", axes)}] of [{string.Join(", ", input.Shape)}]");
        long[] shape = keep
            ? [.. input.Shape.Select((size, i) => axes.Contains(i) ? 1 : size)]
            : [.. input.Shape.Where((_, i) => !axes.Contains(i))];
        var output = new GraphValue(context.Checked(shape));
        return new GraphKernel(shape, (inputs, _, _) =>
        {
            using var scope = NewDisposeScope();
            return ChannelsInFront(ChannelsBehind(inputs[0]!, input).mean(axes, keep), output).MoveToOuterDisposeScope();
        });
    }

    /// <summary>A view of a tensor in the order of the file.</summary>
    public static Tensor ChannelsBehind(Tensor tensor, GraphValue value) => value.IsImage ? tensor.permute(0, 2, 3, 1) : tensor.alias();

    private static Tensor ChannelsInFront(Tensor tensor, GraphValue value) => value.IsImage ? tensor.permute(0, 3, 1, 2) : tensor.alias();
}
