using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>Copies the authors' weights by name and shape.</summary>
internal static class RaftWeights
{
    private const int Shown = 8;

    /// <summary>Copies every weight.</summary>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape differs.</exception>
    public static void Copy(IReadOnlyDictionary<string, Tensor> weights, Raft network)
    {
        foreach (var (name, tensor) in weights) ModuleWeights.RequireAlive(tensor, name);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var expected = network.state_dict();
        var given = weights.Where(entry => !IsRepeated(entry.Key)).ToDictionary(entry => entry.Key, entry => entry.Value);
        var faults = expected.Keys.Where(name => !given.ContainsKey(name) && !IsCounter(name)).Select(name => $"{name} is missing")
            .Concat(given.Keys.Where(name => !expected.ContainsKey(name)).Select(name => $"{name} is unknown"))
            .Concat(expected.Where(entry => given.TryGetValue(entry.Key, out var value) && !value.shape.AsSpan().SequenceEqual(entry.Value.shape))
                .Select(entry => $"{entry.Key} is [{string.Join(", ", given[entry.Key].shape)}], not [{string.Join(", ", entry.Value.shape)}]"))
            .ToList();
        if (faults.Count > 0)
        {
            string rest = faults.Count > Shown ? $", and {faults.Count - Shown} more" : "";
            throw new ArgumentException($"These are no weights of RAFT: {string.Join("; ", faults.Take(Shown))}{rest}.", nameof(weights));
        }
        foreach (var (name, tensor) in expected)
        {
            if (given.TryGetValue(name, out var value))
                tensor.copy_(value);
        }
    }

    // The authors register the third norm of a block a second time, inside of its down-sampling.
    private static bool IsRepeated(string name) => name.Contains(".downsample.1.", StringComparison.Ordinal);

    // Safetensors conversions often leave the step counters of batch norms out.
    private static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
}
