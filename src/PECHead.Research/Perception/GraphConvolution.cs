using PECHead.Research.Acceleration;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Convolutions and pooling with TensorFlow's padding.</summary>
/// <remarks>
/// SAME gives ⌈size / stride⌉ outputs; of the padding that this takes, the odd row or column goes to the bottom or right,
/// so a 3x3 kernel of stride 2 on an even size pads (0, 1) and not (1, 1).
/// </remarks>
internal static class GraphConvolution
{
    private sealed record Window(long KernelHeight, long KernelWidth, long[] Strides, long OutHeight, long OutWidth, long Left, long Right, long Top, long Bottom)
    {
        public bool IsPadded => Left + Right + Top + Bottom > 0;

        public bool IsSymmetric => Left == Right && Top == Bottom;
    }

    /// <summary>Compiles Conv2D, _FusedConv2D and DepthwiseConv2dNative.</summary>
    public static GraphKernel Compile(GraphContext context, bool depthwise)
    {
        var input = Image(context);
        using var scope = NewDisposeScope();
        var filters = context.Constant(1, 4);
        long inChannels = input[3], groups = depthwise ? inChannels : 1;
        if (filters.size(2) != inChannels || filters.numel() == 0)
            throw context.Fault($"filters [{string.Join(", ", filters.shape)}] for {inChannels} channels");
        long channels = depthwise ? inChannels * filters.size(3) : filters.size(3);
        var window = WindowOf(context, input, filters.size(0), filters.size(1));
        // [height, width, in, out] → [out, in, height, width]; of depthwise filters every product in·multiplier is one group.
        var ordered = depthwise
            ? filters.permute(2, 3, 0, 1).reshape(channels, 1, filters.size(0), filters.size(1))
            : filters.permute(3, 2, 0, 1);
        var kept = context.Keep(ChannelsLast(ordered));
        var (bias, activation) = GraphActivation.Fused(context, channels);
        long[] padding = window.IsSymmetric ? [window.Top, window.Left] : [0, 0];
        return new GraphKernel(context.Checked(1, window.OutHeight, window.OutWidth, channels), (inputs, weights, _) =>
        {
            using var inner = NewDisposeScope();
            var x = window.IsSymmetric ? inputs[0]! : Padded(inputs[0]!, window, 0);
            var product = nn.functional.conv2d(x, weights[kept], bias is { } b ? weights[b] : null, window.Strides, padding, groups: groups);
            return activation(product, weights).MoveToOuterDisposeScope();
        });
    }

    /// <summary>Compiles a depthwise 3x3 and the 1x1 convolution behind it as one step; null where the kernel for that does not fit.</summary>
    public static SeparableStep? Separable(GraphContext depthwise, GraphContext pointwise)
    {
        var input = Image(depthwise);
        using var scope = NewDisposeScope();
        var (taps, weight) = (depthwise.Constant(1, 4), pointwise.Constant(1, 4));
        if (taps.shape is not [3, 3, _, 1] || weight.shape is not [1, 1, var channels, var outputs] || !SeparableKernel.Fits(channels, outputs) || depthwise.Node.Texts("fused_ops").Length > 0
            || pointwise.Node.Integers("strides") is not [1, 1, 1, 1])
            return null;
        var window = WindowOf(depthwise, input, 3, 3);
        if (window.Strides[0] != window.Strides[1]) return null;
        var (bias, slopes) = GraphActivation.FusedSlopes(pointwise, outputs);
        return new SeparableStep(
            new SeparableWindow((int)window.Strides[0], (int)window.Top, (int)window.Left, (int)window.OutHeight, (int)window.OutWidth),
            depthwise.Keep(taps.reshape(9, channels).clone()), pointwise.Keep(weight.reshape(channels, outputs).clone()), bias, slopes);
    }

    /// <summary>Compiles MaxPool.</summary>
    public static GraphKernel CompileMaxPool(GraphContext context)
    {
        var input = Image(context);
        if (context.Node.Integers("ksize") is not [1, > 0 and var size, var width, 1] || width != size || size > 64)
            throw context.Fault("its window is not square");
        var window = WindowOf(context, input, size, size);
        if (window.Strides[0] != window.Strides[1])
            throw context.Fault("its strides differ");
        return new GraphKernel(context.Checked(1, window.OutHeight, window.OutWidth, input[3]), (inputs, _, _) =>
        {
            using var inner = NewDisposeScope();
            var x = window.IsPadded ? Padded(inputs[0]!, window, double.NegativeInfinity) : inputs[0]!;
            return nn.functional.max_pool2d(x, size, window.Strides[0]).MoveToOuterDisposeScope();
        });
    }

    private static long[] Image(GraphContext context)
    {
        var input = context.Activation(0);
        if (!input.IsImage)
            throw context.Fault("its input is no image");
        if (context.Node.Text("data_format") is not ("NHWC" or "") || context.Node.Integers("dilations").Any(dilation => dilation != 1))
            throw context.Fault("only channels-last data without dilation are read here");
        return input.Shape;
    }

    private static Window WindowOf(GraphContext context, long[] input, long height, long width)
    {
        if (context.Node.Integers("strides") is not [1, > 0 and <= 64 and var down, > 0 and <= 64 and var right, 1])
            throw context.Fault("strides outside of 1 to 64");
        var (outHeight, top, bottom) = Side(input[1], height, down);
        var (outWidth, left, rightPad) = Side(input[2], width, right);
        return new Window(height, width, [down, right], outHeight, outWidth, left, rightPad, top, bottom);

        (long Out, long Before, long After) Side(long size, long kernel, long stride)
        {
            switch (context.Node.Text("padding"))
            {
                case "VALID":
                    return (size < kernel ? throw context.Fault($"a window of {kernel} on {size} pixels") : ((size - kernel) / stride) + 1, 0, 0);
                case "SAME":
                    var count = (size + stride - 1) / stride;
                    var total = Math.Max(((count - 1) * stride) + kernel - size, 0);
                    return (count, total / 2, total - (total / 2));
                case var other:
                    throw context.Fault($"padding '{other}' is not known here");
            }
        }
    }

    private static Tensor Padded(Tensor x, Window window, double value)
        => nn.functional.pad(x, [window.Left, window.Right, window.Top, window.Bottom], PaddingModes.Constant, value);

    private static Tensor ChannelsLast(Tensor filters) => filters.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
