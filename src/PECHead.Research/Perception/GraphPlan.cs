using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>A step of a compiled graph.</summary>
/// <param name="Node">Where it comes from.</param>
/// <param name="Value">What it gives.</param>
/// <param name="Run">The computation.</param>
/// <param name="Inputs">Numbers of the values it reads; −1 for a constant.</param>
/// <param name="Output">Number of its value.</param>
/// <param name="Free">Numbers of the values that nothing reads after it.</param>
/// <param name="MayOverwrite">Whether the first input ends here and shares no memory with another value.</param>
internal sealed record GraphPlanStep(GraphNode Node, GraphValue Value, GraphStep Run, int[] Inputs, int Output, int[] Free, bool MayOverwrite);

/// <summary>The order in which the nodes of a graph run, with all shapes checked beforehand.</summary>
/// <param name="Input">The graph's input, value 0, channels last for a batch of one.</param>
/// <param name="Steps">The computations, one for each node.</param>
/// <param name="FusedSteps">The same with blocks of nodes as one step, on the CPU and without a gradient.</param>
/// <param name="Outputs">Numbers of the values that are the graph's outputs, by name.</param>
/// <param name="Weights">What the steps find in <c>weights</c>.</param>
internal sealed record GraphPlan(
    GraphValue Input, IReadOnlyList<GraphPlanStep> Steps, IReadOnlyList<GraphPlanStep> FusedSteps, IReadOnlyDictionary<string, int> Outputs, IReadOnlyList<Tensor> Weights)
{
    /// <summary>Compiles a graph.</summary>
    /// <param name="nodes">All nodes.</param>
    /// <param name="outputs">Names of outputs, and the nodes they are.</param>
    /// <param name="constants">The constants' numbers, by name of the node.</param>
    /// <param name="path">File, for messages.</param>
    public static GraphPlan Compile(
        IReadOnlyDictionary<string, GraphNode> nodes, IReadOnlyDictionary<string, string> outputs, IReadOnlyDictionary<string, StoredWeight> constants, string path)
    {
        var weights = new List<Tensor>();
        var values = new Dictionary<string, (GraphValue Value, int Number, bool Shares)>(StringComparer.Ordinal);
        var drafts = new List<GraphDraft>();
        GraphValue? input = null;
        var order = GraphOrder.Sort(nodes, outputs.Values, path);
        var readers = order.SelectMany(node => node.Inputs).CountBy(name => name).ToDictionary();
        try
        {
            foreach (var node in order)
            {
                if (node.Operator == "Const")
                {
                    var constant = constants.GetValueOrDefault(node.Name) ?? throw ModelJson.Fault(path, $"the constant '{node.Name}' has no weight");
                    values.Add(node.Name, (new GraphValue(constant.Shape, constant), -1, true));
                }
                else if (node.Operator == "Placeholder")
                {
                    input = input is null ? InputOf(node, path) : throw ModelJson.Fault(path, "the graph has two inputs");
                    values.Add(node.Name, (input, 0, true));
                }
                else
                {
                    var read = node.Inputs.Select(name => values[name]).ToArray();
                    var context = new GraphContext(node, [.. read.Select(value => value.Value)], weights, path);
                    var kernel = GraphOperators.Compile(context);
                    var value = new GraphValue(kernel.Shape);
                    var overwrites = !read[0].Shares && readers[node.Inputs[0]] == 1 && !outputs.Values.Contains(node.Inputs[0]);
                    drafts.Add(new GraphDraft(context, value, kernel.Run, [.. read.Select(one => one.Number)], drafts.Count + 1, overwrites));
                    values.Add(node.Name, (value, drafts.Count, kernel.IsView));
                }
            }

            if (outputs.Values.FirstOrDefault(name => values[name].Number < 0) is { } fixedOutput)
                throw ModelJson.Fault(path, $"the output '{fixedOutput}' is a constant");
            int[] kept = [.. outputs.Values.Select(name => values[name].Number)];
            return new GraphPlan(
                input ?? throw ModelJson.Fault(path, "the graph has no input"), WithLifetimes(drafts, kept), WithLifetimes(GraphFusion.Fuse(drafts, kept), kept),
                outputs.ToDictionary(output => output.Key, output => values[output.Value].Number), weights);
        }
        catch
        {
            weights.ForEach(weight => weight.Dispose());
            throw;
        }
    }

    private static GraphValue InputOf(GraphNode node, string path)
    {
        if (node.Shape("shape") is not [1 or -1, > 0 and <= 4096 and var height, > 0 and <= 4096 and var width, > 0 and <= 64 and var channels])
            throw ModelJson.Fault(path, $"the input '{node.Name}' is no batch of images of at most 4096 x 4096 pixels");
        return new GraphValue([1, height, width, channels]);
    }

    private static List<GraphPlanStep> WithLifetimes(List<GraphDraft> drafts, IEnumerable<int> outputs)
    {
        var last = new Dictionary<int, int>();
        for (var i = 0; i < drafts.Count; i++)
        {
            foreach (var input in drafts[i].Inputs.Append(drafts[i].Output))
                last[input] = i;
        }

        // The graph's input and its outputs belong to the caller, constants to the model.
        foreach (var kept in outputs.Append(0).Append(-1))
            last.Remove(kept);
        var free = last.ToLookup(entry => entry.Value, entry => entry.Key);
        return [.. drafts.Select((draft, i) => new GraphPlanStep(draft.Context.Node, draft.Value, draft.Run, draft.Inputs, draft.Output, [.. free[i]], draft.Overwrites))];
    }
}

/// <summary>A step whose place in the order is not settled.</summary>
/// <param name="Context">What it was compiled from.</param>
/// <param name="Value">What it gives.</param>
/// <param name="Run">The computation.</param>
/// <param name="Inputs">Numbers of the values it reads; −1 for a constant.</param>
/// <param name="Output">Number of its value.</param>
/// <param name="Overwrites">Whether the first input ends here and shares no memory with another value.</param>
internal sealed record GraphDraft(GraphContext Context, GraphValue Value, GraphStep Run, int[] Inputs, int Output, bool Overwrites);
