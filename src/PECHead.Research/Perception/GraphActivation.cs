using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Activations, alone or fused behind a convolution or matrix product.</summary>
internal static class GraphActivation
{
    /// <summary>Reads what is fused behind a product: a bias, then nothing, ReLU or PReLU.</summary>
    /// <param name="context">The node; extra inputs start at the third.</param>
    /// <param name="channels">Channels of the product.</param>
    /// <returns>Place of the bias among the weights, and the activation, which may use up its input.</returns>
    public static (int? Bias, Func<Tensor, IReadOnlyList<Tensor>, Tensor> Activation) Fused(GraphContext context, long channels)
    {
        var fused = context.Node.Texts("fused_ops");
        if (fused.Length == 0)
            return (null, (x, _) => x);
        if (fused[0] != "BiasAdd")
            throw context.Fault($"{fused[0]} is fused in, which is not known here");
        var bias = context.Constant(2, 1);
        if (bias.size(0) != channels)
            throw context.Fault($"a bias of {bias.size(0)} for {channels} channels");
        var kept = context.Keep(bias);
        return (kept, fused[1..] switch
        {
            [] => (x, _) => x,
            ["Relu"] => (x, _) => x.relu_(),
            ["Prelu"] => Prelu(context, channels, 3),
            var others => throw context.Fault($"{string.Join(" and ", others)} is fused in, which is not known here"),
        });
    }

    /// <summary>What is fused behind a product, for a kernel that activates by slopes. <see cref="Fused"/> has checked it.</summary>
    /// <returns>Places among the weights of the bias, and of the slopes below zero; null: none.</returns>
    public static (int? Bias, int? Slopes) FusedSlopes(GraphContext context, long channels) => context.Node.Texts("fused_ops") switch
    {
        [] => (null, null),
        [_] => (context.Keep(context.Constant(2, 1)), null),
        [_, var activation] => (context.Keep(context.Constant(2, 1)), KeepSlopes(context, activation, channels, 3)),
        _ => throw context.Fault("more than a bias and an activation is fused in"),
    };

    /// <summary>The slopes below zero of a Relu or Prelu node, as their place among the weights.</summary>
    public static int Slopes(GraphContext context) => KeepSlopes(context, context.Node.Operator, context.Activation(0).Shape[3], 1);

    /// <summary>x where it is positive, αx elsewhere.</summary>
    /// <param name="context">The node.</param>
    /// <param name="channels">Channels of x; 0: those of the first input.</param>
    /// <param name="alpha">Input that holds α [1, 1, C].</param>
    public static Func<Tensor, IReadOnlyList<Tensor>, Tensor> Prelu(GraphContext context, long channels, int alpha)
    {
        using var scope = NewDisposeScope();
        if (!context.Activation(0).IsImage)
            throw context.Fault("its input is no image");
        if (channels == 0)
            channels = context.Activation(0).Shape[3];
        var slopes = context.Constant(alpha, 3);
        if (slopes.numel() != channels)
            throw context.Fault($"{slopes.numel()} slopes for {channels} channels");
        bool convex = slopes.max().item<float>() <= 1;
        var kept = context.Keep(slopes.reshape(1, channels, 1, 1));
        // With no slope above 1 the larger of both branches is the right one, which saves a pass over the memory.
        return convex
            ? (x, weights) => x.maximum(x * weights[kept])
            : (x, weights) => x.relu() + (x.clamp_max(0) * weights[kept]);
    }

    private static int KeepSlopes(GraphContext context, string activation, long channels, int alpha)
    {
        using var scope = NewDisposeScope();
        return context.Keep(activation == "Relu" ? zeros(channels) : context.Constant(alpha, 3).reshape(channels));
    }
}
