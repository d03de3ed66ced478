using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Propagation;

/// <summary>Every frame on its own.</summary>
internal sealed class NoPropagation : FeaturePropagation
{
    /// <summary>Builds the module; it has no parameters.</summary>
    public NoPropagation() : base(nameof(NoPropagation)) => RegisterComponents();

    /// <inheritdoc/>
    public override Tensor Adapt(Tensor aligned, MotionField local, PropagationState? previous, Tensor? frameFlow) => aligned.alias();

    /// <inheritdoc/>
    public override PropagationState? Remember(Tensor raw, Tensor refined, PropagationState? previous) => null;
}
