using static TorchSharp.torch;

namespace PECHead.Research.Checkpoints;

/// <summary>Copies foreign weights into a module, if all of them fit.</summary>
internal static class ModuleWeights
{
    private const int MostFaults = 8;
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>Copies weights by name. The module stays as it was unless every name and shape is right.</summary>
    /// <param name="module">The module to fill.</param>
    /// <param name="weights">Its state by name, of any device and floating type. Counters of batches may be absent.</param>
    /// <param name="whose">What the weights should be, for the message: <c>pytorch-fid's Inception-v3</c>.</param>
    /// <param name="ignore">Names in the file that this module has no use for; null for none.</param>
    /// <param name="prefix">What stands before the module's own names in the file.</param>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, or a shape differs; the message lists them.</exception>
    public static void Fill(
        nn.Module module, IReadOnlyDictionary<string, Tensor> weights, string whose, Func<string, bool>? ignore = null, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(weights);
        foreach (var (name, tensor) in weights) RequireAlive(tensor, name);
        var state = module.state_dict().ToDictionary(entry => prefix + entry.Key, entry => entry.Value);
        var faults = Faults(state, weights, ignore ?? (_ => false)).ToArray();
        if (faults.Length > 0)
        {
            string more = faults.Length > MostFaults ? $"; and {faults.Length - MostFaults} more" : "";
            throw new CheckpointFormatException(
                $"These weights are not {whose}: {string.Join("; ", faults.Take(MostFaults))}{more}.");
        }
        using var noGradient = no_grad();
        foreach (var (name, tensor) in state)
        {
            if (weights.TryGetValue(name, out var stored))
                tensor.copy_(stored);
        }
    }

    /// <summary>Throws where a weight is absent or was disposed.</summary>
    /// <param name="weight">The tensor.</param>
    /// <param name="name">Its name in the state.</param>
    /// <exception cref="ArgumentNullException">No tensor.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
    public static void RequireAlive(Tensor weight, string name)
    {
        ArgumentNullException.ThrowIfNull(weight, name);
        if (weight.IsInvalid) throw new ObjectDisposedException(name, $"{name}: Expected a tensor, received a disposed one.");
    }

    /// <summary>Makes a module one that only measures: evaluation mode, no gradients for its weights.</summary>
    public static T Frozen<T>(T module) where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(module);
        module.Frozen().eval();
        return module;
    }

    private static IEnumerable<string> Faults(
        Dictionary<string, Tensor> state, IReadOnlyDictionary<string, Tensor> weights, Func<string, bool> ignore)
    {
        foreach (string name in state.Keys)
        {
            if (!weights.ContainsKey(name) && !name.EndsWith(BatchCounter, StringComparison.Ordinal))
                yield return $"'{name}' is missing";
        }
        foreach (var (name, stored) in weights)
        {
            if (!state.TryGetValue(name, out var tensor))
            {
                if (!ignore(name))
                    yield return $"'{name}' is unknown";
            }
            else if (!tensor.shape.AsSpan().SequenceEqual(stored.shape))
            {
                yield return $"'{name}' is [{string.Join(", ", stored.shape)}] instead of [{string.Join(", ", tensor.shape)}]";
            }
        }
    }
}
