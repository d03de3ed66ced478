using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>What is known of a node's result before anything runs.</summary>
/// <param name="Shape">Sizes as in the file, channels last, for a batch of one.</param>
/// <param name="Constant">The numbers when the node is a constant.</param>
/// <remarks>Activations of four dimensions are held as [N, C, H, W] with the channels side by side in memory; others as they are.</remarks>
internal sealed record GraphValue(long[] Shape, StoredWeight? Constant = null)
{
    /// <summary>Whether the tensor is held as [N, C, H, W].</summary>
    public bool IsImage => Constant is null && Shape.Length == 4;

    /// <summary>Where a dimension of the file lies in the tensor.</summary>
    public long Dimension(long fileDimension) => IsImage ? fileDimension switch { 0 => 0, 3 => 1, _ => fileDimension + 1 } : fileDimension;
}

/// <summary>Computes a node's result.</summary>
/// <param name="inputs">Its inputs; null where a constant stands, which the step has among the weights.</param>
/// <param name="weights">All weights of the model, on the device of the inputs.</param>
/// <param name="overwrite">Whether the first input may be used up: nothing else reads it.</param>
internal delegate Tensor GraphStep(IReadOnlyList<Tensor?> inputs, IReadOnlyList<Tensor> weights, bool overwrite);

/// <summary>A node that is ready to run.</summary>
/// <param name="Shape">As in <see cref="GraphValue.Shape"/>.</param>
/// <param name="Run">The computation.</param>
/// <param name="IsView">Whether the result may share memory with the first input.</param>
internal sealed record GraphKernel(long[] Shape, GraphStep Run, bool IsView = false);

/// <summary>What an operator is compiled from.</summary>
/// <param name="Node">The node.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Weights">Takes the tensors that the kernel will find in <c>weights</c>.</param>
/// <param name="Path">File, for messages.</param>
internal sealed record GraphContext(GraphNode Node, GraphValue[] Inputs, List<Tensor> Weights, string Path)
{
    /// <summary>Most elements of one result for a batch of one: far above the face networks, far below the memory of a machine.</summary>
    private const long MaximumElements = 1 << 24;

    /// <summary>Keeps a tensor for the kernel, beyond any dispose scope.</summary>
    /// <returns>Its place in <c>weights</c>.</returns>
    public int Keep(Tensor tensor)
    {
        Weights.Add(tensor.DetachFromDisposeScope());
        return Weights.Count - 1;
    }

    /// <summary>An input that has to be computed at run time.</summary>
    public GraphValue Activation(int index)
        => Input(index) is { Constant: null } value ? value : throw Fault($"input {index} is a constant where a computed value belongs");

    /// <summary>An input that has to be a float constant, as a tensor of the file's shape; the caller disposes it.</summary>
    public Tensor Constant(int index, int rank)
    {
        var value = Input(index);
        return value.Constant is { Integers.Length: 0 } constant && value.Shape.Length == rank
            ? tensor(constant.Values, constant.Shape)
            : throw Fault($"input {index} is no float constant of {rank} dimensions");
    }

    /// <summary>An input that has to be an int32 constant.</summary>
    public int[] Integers(int index)
        => Input(index).Constant is { Values.Length: 0 } constant ? constant.Integers : throw Fault($"input {index} is no constant of whole numbers");

    /// <summary>Checks the size of a result.</summary>
    public long[] Checked(params long[] shape)
    {
        decimal elements = 1;
        foreach (var size in shape)
            elements *= size is >= 1 and <= MaximumElements ? size : throw Fault($"its result would be [{string.Join(", ", shape)}]");
        return elements <= MaximumElements && shape.Length is >= 1 and <= 8 && shape[0] == 1
            ? shape : throw Fault($"its result would be [{string.Join(", ", shape)}], which is too large or no batch");
    }

    /// <summary>The error that names this node.</summary>
    public DataException Fault(string problem) => ModelJson.Fault(Path, $"node '{Node.Name}' ({Node.Operator}): {problem}");

    private GraphValue Input(int index) => index < Inputs.Length ? Inputs[index] : throw Fault($"input {index} is missing");
}
