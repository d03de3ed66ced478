using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Propagation;

/// <summary>Lets a frame know of the frames before it: adapts the aligned features before they are refined, remembers after.</summary>
internal abstract class FeaturePropagation : nn.Module
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected FeaturePropagation(string name) : base(name)
    {
    }

    /// <summary>Adapts the aligned features to the context.</summary>
    /// <param name="aligned">f^a_t: [N, C, h, w].</param>
    /// <param name="local">w_local^{s→d}: the local motion of this frame.</param>
    /// <param name="previous">What the frame before left; null on the first frame.</param>
    /// <param name="frameFlow">
    /// w_{t−1→t} between the source frames: [N, H, W, 2], (x, y) in pixels of H × W, where each pixel of source frame t was in
    /// source frame t−1; null for a still source.
    /// </param>
    /// <returns>Features [N, C, h, w], to be refined.</returns>
    public abstract Tensor Adapt(Tensor aligned, MotionField local, PropagationState? previous, Tensor? frameFlow);

    /// <summary>Makes what the next frame needs.</summary>
    /// <param name="raw">f^r_t: encoded source features.</param>
    /// <param name="refined">f^c_t: refined features.</param>
    /// <param name="previous">What the frame before left; null on the first frame.</param>
    /// <returns>The state; null where nothing is propagated.</returns>
    public abstract PropagationState? Remember(Tensor raw, Tensor refined, PropagationState? previous);
}
