using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>
/// Finds the blocks of which face networks consist: a depthwise 3x3 and a 1x1 convolution, what is added to them, and an activation. Each becomes one step.
/// </summary>
internal static class GraphFusion
{
    /// <summary>Replaces blocks by one step each, at the place of their last node.</summary>
    /// <param name="drafts">One step for each node, in order.</param>
    /// <param name="outputs">Numbers of values that have to exist in the end.</param>
    public static List<GraphDraft> Fuse(List<GraphDraft> drafts, IReadOnlyCollection<int> outputs)
    {
        var readers = drafts.SelectMany(draft => draft.Inputs.Distinct().Select(input => (input, draft))).ToLookup(pair => pair.input, pair => pair.draft);
        GraphDraft? Next(GraphDraft draft, params ReadOnlySpan<string> operators)
            => outputs.Contains(draft.Output) || readers[draft.Output].ToArray() is not [var reader] || !operators.Contains(reader.Context.Node.Operator) ? null : reader;

        var replaced = new Dictionary<int, GraphDraft?>();
        foreach (var depthwise in drafts.Where(draft => draft.Context.Node.Operator == "DepthwiseConv2dNative"))
        {
            if (Next(depthwise, "_FusedConv2D", "Conv2D") is not { } pointwise || GraphConvolution.Separable(depthwise.Context, pointwise.Context) is not { } block)
                continue;
            List<GraphDraft> nodes = [depthwise, pointwise];
            List<int> inputs = [depthwise.Inputs[0]];
            if (block.Slopes is null && Next(pointwise, "Add", "AddV2") is { } sum && sum.Inputs is [var left, var right] && Other(left, right, pointwise.Output) is var added && IsAlike(sum, drafts, added))
            {
                nodes.Add(sum);
                inputs.Add(added);
            }
            if (block.Slopes is null && Next(nodes[^1], "Relu", "Prelu") is { } activation)
            {
                nodes.Add(activation);
                block = block with { Slopes = GraphActivation.Slopes(activation.Context) };
            }
            foreach (var node in nodes) replaced[node.Output] = null;
            replaced[nodes[^1].Output] = nodes[^1] with { Run = block.Run, Inputs = [.. inputs], Overwrites = false };
        }

        return [.. drafts.Select(draft => replaced.GetValueOrDefault(draft.Output, draft)).OfType<GraphDraft>()];
    }

    // What a sum adds to a value; -1: a constant, or the value itself.
    private static int Other(int left, int right, int value) => left == right ? -1 : left == value ? right : left;

    private static bool IsAlike(GraphDraft sum, List<GraphDraft> drafts, int added)
        => added > 0 && drafts[added - 1].Value is var value && value.IsImage && value.Shape.AsSpan().SequenceEqual(sum.Value.Shape);
}

/// <summary>A depthwise and a 1x1 convolution in one.</summary>
/// <param name="Window">Steps and borders.</param>
/// <param name="Taps">Place among the weights of [9, C].</param>
/// <param name="Weight">Of [C, O].</param>
/// <param name="Bias">Of [O]; null: none.</param>
/// <param name="Slopes">Of [O], of the activation; null: none.</param>
internal sealed record SeparableStep(SeparableWindow Window, int Taps, int Weight, int? Bias, int? Slopes)
{
    /// <summary>Runs on the input and on what is added, where there is a second one.</summary>
    public Tensor Run(IReadOnlyList<Tensor?> inputs, IReadOnlyList<Tensor> weights, bool overwrite)
        => SeparableKernel.Run(
            inputs[0]!, weights[Taps], weights[Weight], Bias is { } bias ? weights[bias] : null, inputs.Count > 1 ? inputs[1] : null, Slopes is { } slopes ? weights[slopes] : null, Window);
}
