using static TorchSharp.torch;

namespace PECHead.Research.Propagation;

/// <summary>What one frame hands to the next.</summary>
/// <param name="Raw">f^r_{t−1}: encoded source features [N, C, h, w].</param>
/// <param name="Refined">f^c_{t−1}: refined features of the same shape.</param>
/// <param name="Hidden">h_{t−1}: state of the recurrent unit, of the same shape.</param>
public sealed record PropagationState(Tensor Raw, Tensor Refined, Tensor Hidden) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Raw, Refined, Hidden];

    /// <summary>A copy of its own memory.</summary>
    public PropagationState Copy() => new(Raw.clone(), Refined.clone(), Hidden.clone());
}
