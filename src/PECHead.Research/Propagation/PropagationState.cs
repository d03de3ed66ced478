using static TorchSharp.torch;

namespace PECHead.Research.Propagation;

/// <summary>What one frame hands to the next.</summary>
/// <param name="Raw">f^r_{t−1}: encoded source features [N, C, h, w].</param>
/// <param name="Refined">f^c_{t−1}: refined features of the same shape.</param>
/// <param name="Hidden">h_{t−1}: state of the recurrent unit, of the same shape.</param>
public sealed record PropagationState(Tensor Raw, Tensor Refined, Tensor Hidden) : IDisposable
{
    /// <summary>Hands the tensors to the surrounding dispose scope.</summary>
    public PropagationState MoveToOuterDisposeScope() => new(
        Raw.MoveToOuterDisposeScope(), Refined.MoveToOuterDisposeScope(), Hidden.MoveToOuterDisposeScope());

    /// <summary>Takes the tensors out of every dispose scope, for a state that outlives a loop over frames.</summary>
    public PropagationState DetachFromDisposeScope() => new(
        Raw.DetachFromDisposeScope(), Refined.DetachFromDisposeScope(), Hidden.DetachFromDisposeScope());

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Raw.Dispose();
        Refined.Dispose();
        Hidden.Dispose();
    }
}
