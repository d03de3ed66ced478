using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>Exponential moving average of a model's weights and statistics: what is evaluated instead of the last step's.</summary>
/// <remarks>
/// <b>Choice:</b> the decay grows as (1 + n)/(10 + n) with the step n until it reaches its value, as in common diffusion code, so
/// that a short run does not average its beginning.
/// </remarks>
public sealed class WeightAverage : IDisposable
{
    private readonly Dictionary<string, Tensor> _average;
    private readonly double _decay;

    /// <summary>Starts with the model's present weights.</summary>
    /// <param name="model">On its device.</param>
    /// <param name="decay">In [0, 1).</param>
    public WeightAverage(nn.Module model, double decay)
    {
        using var quiet = no_grad();
        _decay = decay;
        _average = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>The averages by the names of the model's state.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _average;

    /// <summary>Takes in the weights after a step.</summary>
    /// <param name="model">The same model.</param>
    /// <param name="step">Number of the step, from 0.</param>
    public void Update(nn.Module model, int step)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var rate = 1 - Math.Min(_decay, (1.0 + step) / (10.0 + step));
        foreach (var (name, present) in model.state_dict())
        {
            var average = _average[name];
            if (average.is_floating_point()) average.lerp_(present, rate);
            else average.copy_(present);
        }
    }

    /// <summary>Continues from saved averages.</summary>
    /// <param name="tensors">By the same names.</param>
    internal void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var quiet = no_grad();
        foreach (var (name, average) in _average)
            average.copy_(tensors[name]);
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        foreach (var tensor in _average.Values) tensor.Dispose();
    }
}
