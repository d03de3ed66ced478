namespace PECHead.Research.Perception;

/// <summary>Puts the nodes of a graph into an order in which each stands behind what it reads.</summary>
internal static class GraphOrder
{
    /// <summary>Sorts the nodes that the outputs need; refuses unknown operators, unknown inputs and cycles.</summary>
    /// <param name="nodes">All nodes by name.</param>
    /// <param name="outputs">Nodes that are wanted.</param>
    /// <param name="path">File, for messages.</param>
    public static List<GraphNode> Sort(IReadOnlyDictionary<string, GraphNode> nodes, IEnumerable<string> outputs, string path)
    {
        var sorted = new List<GraphNode>();
        var done = new Dictionary<string, bool>(StringComparer.Ordinal);   // false: under way
        var open = new Stack<(string Name, string Reader)>(outputs.Select(name => (name, "")));
        while (open.TryPeek(out var item))
        {
            if (!nodes.TryGetValue(item.Name, out var node))
                throw ModelJson.Fault(path, item.Reader.Length > 0 ? $"node '{item.Reader}' reads '{item.Name}', which does not exist" : $"the output '{item.Name}' does not exist");
            if (done.TryGetValue(item.Name, out var finished))
            {
                open.Pop();
                if (finished)
                    continue;
                done[item.Name] = true;
                sorted.Add(node);
                continue;
            }

            Check(node, path);
            done[item.Name] = false;
            foreach (var input in node.Inputs)
            {
                if (done.TryGetValue(input, out var ready) && !ready)
                    throw ModelJson.Fault(path, $"node '{node.Name}' reads '{input}', which needs it: the graph has a cycle");
                if (!ready)
                    open.Push((input, node.Name));
            }
        }

        return sorted;
    }

    private static void Check(GraphNode node, string path)
    {
        var isLeaf = node.Operator is "Const" or "Placeholder";
        if (!isLeaf && !GraphOperators.Knows(node.Operator))
            throw ModelJson.Fault(path, $"node '{node.Name}' is a {node.Operator}, an operator that is not known here");
        if (isLeaf != (node.Inputs.Length == 0))
            throw ModelJson.Fault(path, $"node '{node.Name}' ({node.Operator}) has {node.Inputs.Length} inputs");
    }
}
