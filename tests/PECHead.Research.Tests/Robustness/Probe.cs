using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Hands out the tensors of a call, one of them spoilt.</summary>
/// <param name="place">Which of them, in the order in which they are asked for; -1 for none.</param>
/// <param name="spoil">What happens to it.</param>
internal sealed class Probe(int place, Mutation? spoil)
{
    private int _next;

    /// <summary>Names of what was handed out.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Shapes of what was handed out, before it was spoilt.</summary>
    public List<long[]> Shapes { get; } = [];

    /// <summary>What was handed out and can have a gradient.</summary>
    public List<Tensor> Leaves { get; } = [];

    /// <summary>Numbers from 0 to 1.</summary>
    public Tensor Of(string name, params long[] shape) => Given(name, rand(shape));

    /// <summary>Points from -0.7 to 0.7.</summary>
    public Keypoints Points(string name, params long[] shape) => new(Given(name, (rand(shape) * 1.4) - 0.7));

    /// <summary>Hands out <paramref name="tensor"/>.</summary>
    public Tensor Given(string name, Tensor tensor)
    {
        Names.Add(name);
        Shapes.Add(tensor.shape);
        var given = _next++ == place && spoil is not null ? spoil.Apply(tensor) : tensor;
        if (spoil is { Differentiates: true } && given.is_floating_point() && given.is_leaf)
        {
            given.requires_grad = true;
            Leaves.Add(given);
        }
        return given;
    }
}
