using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>The operators of TensorFlow.js graph models that run here, each as the function that compiles a node.</summary>
/// <remarks>
/// Exactly those that the face networks consist of, in the variants that occur in them (float32, channels last,
/// no dilation); a variant beyond that is refused rather than guessed.
/// </remarks>
internal static class GraphOperators
{
    private static readonly Dictionary<string, Func<GraphContext, GraphKernel>> Table = new(StringComparer.Ordinal)
    {
        ["Identity"] = context => Pointwise(context, (x, _) => x.alias()) with { IsView = true },
        ["Relu"] = context => Pointwise(context, (x, overwrite) => overwrite ? x.relu_() : x.relu()),
        ["Sigmoid"] = context => Pointwise(context, (x, overwrite) => overwrite ? x.sigmoid_() : x.sigmoid()),
        ["Softmax"] = Softmax,
        ["Prelu"] = Prelu,
        ["Add"] = context => GraphBroadcast.Compile(context, (a, b) => a + b, (a, b) => a.add_(b)),
        ["AddV2"] = context => GraphBroadcast.Compile(context, (a, b) => a + b, (a, b) => a.add_(b)),
        ["Mul"] = context => GraphBroadcast.Compile(context, (a, b) => a * b, (a, b) => a.mul_(b)),
        ["Minimum"] = context => GraphBroadcast.Compile(context, (a, b) => a.minimum(b)),
        ["Maximum"] = context => GraphBroadcast.Compile(context, (a, b) => a.maximum(b)),
        ["Conv2D"] = context => GraphConvolution.Compile(context, depthwise: false),
        ["_FusedConv2D"] = context => GraphConvolution.Compile(context, depthwise: false),
        ["DepthwiseConv2dNative"] = context => GraphConvolution.Compile(context, depthwise: true),
        ["MaxPool"] = GraphConvolution.CompileMaxPool,
        ["_FusedMatMul"] = MatrixProduct,
        ["Pad"] = GraphShaping.Pad,
        ["Reshape"] = GraphShaping.Reshape,
        ["ConcatV2"] = GraphShaping.Concatenate,
        ["Mean"] = GraphShaping.Mean,
    };

    /// <summary>Whether a node can run.</summary>
    public static bool Knows(string name) => Table.ContainsKey(name);

    /// <summary>Makes a node ready to run.</summary>
    public static GraphKernel Compile(GraphContext context) => Table[context.Node.Operator](context);

    private static GraphKernel Pointwise(GraphContext context, Func<Tensor, bool, Tensor> apply)
        => new(context.Activation(0).Shape, (inputs, _, overwrite) => apply(inputs[0]!, overwrite));

    private static GraphKernel Prelu(GraphContext context)
    {
        var apply = GraphActivation.Prelu(context, 0, 1);
        return new GraphKernel(context.Activation(0).Shape, (inputs, weights, _) =>
        {
            using var scope = NewDisposeScope();
            return apply(inputs[0]!, weights).MoveToOuterDisposeScope();
        });
    }

    private static GraphKernel Softmax(GraphContext context)
    {
        var input = context.Activation(0);
        var dimension = input.Dimension(input.Shape.Length - 1);
        return new GraphKernel(input.Shape, (inputs, _, _) => inputs[0]!.softmax(dimension));
    }

    private static GraphKernel MatrixProduct(GraphContext context)
    {
        var input = context.Activation(0).Shape;
        using var scope = NewDisposeScope();
        var matrix = context.Constant(1, 2);
        if (!context.Node.Flag("transpose_b"))
            matrix = matrix.transpose(0, 1);
        if (input.Length != 2 || context.Node.Flag("transpose_a") || matrix.size(1) != input[1])
            throw context.Fault($"[{string.Join(", ", input)}] does not multiply [{string.Join(", ", matrix.shape)}] transposed");
        var outputs = matrix.size(0);
        var kept = context.Keep(matrix.contiguous());
        var (bias, activation) = GraphActivation.Fused(context, outputs);
        return new GraphKernel(
            context.Checked(1, outputs),
            (inputs, weights, _) => activation(nn.functional.linear(inputs[0]!, weights[kept], bias is { } b ? weights[b] : null), weights));
    }
}
