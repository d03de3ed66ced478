using System.Text.Json;
using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>A TensorFlow.js graph model, run on torch's operations as it stands in its file.</summary>
/// <remarks>
/// Weights are buffers: they move with the module and never learn, while the gradient flows from every output to the
/// input when that asks for one. The format and TensorFlow's padding are followed after the files of
/// @vladmandic/human 3.3.6 and the documentation of TensorFlow.js.
/// </remarks>
public sealed class GraphModel : nn.Module<Tensor, IReadOnlyDictionary<string, Tensor>>
{
    private const int MaximumNodes = 20_000;
    private readonly GraphPlan _plan;

    private GraphModel(GraphPlan plan) : base(nameof(GraphModel))
    {
        _plan = plan;
        for (var i = 0; i < plan.Weights.Count; i++)
            register_buffer($"weight{i}", plan.Weights[i]);
    }

    /// <summary>The input's shape: [−1, channels, height, width].</summary>
    public IReadOnlyList<long> InputShape => [-1, _plan.Input.Shape[3], _plan.Input.Shape[1], _plan.Input.Shape[2]];

    /// <summary>Reads a model and the weights beside it.</summary>
    /// <param name="path">The .json file.</param>
    /// <exception cref="Data.DataException">
    /// A missing or damaged file, an operator that is not known here, or shapes that do not fit; the message names the node.
    /// </exception>
    public static GraphModel Load(string path)
    {
        if (!File.Exists(path))
            throw new Data.DataException("no such model", path, FaceNetworkFiles.Remedy);
        return new GraphModel(ModelJson.Read(path, root => Read(root, path)));
    }

    /// <summary>Runs the whole graph.</summary>
    /// <param name="input">[N, C, H, W] of <see cref="InputShape"/>, float32, in the range that the model was trained for.</param>
    /// <returns>Every output by name; those of four dimensions as [N, C, H, W].</returns>
    public override IReadOnlyDictionary<string, Tensor> forward(Tensor input) => Run(input, null);

    /// <summary>Runs the graph and shows every node's result, channels last as in the file, while it exists.</summary>
    internal IReadOnlyDictionary<string, Tensor> Run(Tensor input, Action<string, Tensor>? watch)
    {
        TensorGuard.Typed(input, nameof(input), ScalarType.Float32, [.. InputShape]);
        using var scope = NewDisposeScope();
        var weights = buffers().ToArray();
        var values = new Tensor?[_plan.Steps.Count + 1];
        values[0] = Acceleration.Accelerator.ChannelsLast(input);
        var plain = !input.requires_grad && watch is null;
        foreach (var step in plain && input.device_type == DeviceType.CPU ? _plan.FusedSteps : _plan.Steps)
        {
            var inputs = Array.ConvertAll(step.Inputs, number => number < 0 ? null : values[number]);
            var value = step.Run(inputs, weights, step.MayOverwrite && plain);
            values[step.Output] = value;
            watch?.Invoke(step.Node.Name, GraphShaping.ChannelsBehind(value, step.Value));
            foreach (var number in step.Free)
            {
                if (!ReferenceEquals(values[number], value))
                    values[number]!.Dispose();
                values[number] = null;
            }
        }

        return _plan.Outputs.ToDictionary(output => output.Key, output => values[output.Value]!.alias().MoveToOuterDisposeScope());
    }

    private static GraphPlan Read(JsonElement root, string path)
    {
        var list = root.GetProperty("modelTopology").GetProperty("node");
        if (list.GetArrayLength() > MaximumNodes)
            throw ModelJson.Fault(path, $"{list.GetArrayLength()} nodes are more than the {MaximumNodes} that are read");
        var nodes = new Dictionary<string, GraphNode>(StringComparer.Ordinal);
        foreach (var node in list.EnumerateArray().Select(GraphNode.Read))
        {
            if (!nodes.TryAdd(node.Name, node))
                throw ModelJson.Fault(path, $"two nodes are named '{node.Name}'");
        }

        var signature = root.TryGetProperty("signature", out var own) ? own : root.GetProperty("userDefinedMetadata").GetProperty("signature");
        var outputs = signature.GetProperty("outputs").EnumerateObject().ToDictionary(
            output => GraphNode.TensorOf(output.Name), output => GraphNode.TensorOf(output.Value.GetProperty("name").GetString() ?? ""));
        return GraphPlan.Compile(nodes, outputs, StoredWeights.Read(root.GetProperty("weightsManifest"), path), path);
    }
}
