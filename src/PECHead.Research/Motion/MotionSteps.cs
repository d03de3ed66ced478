using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>The steps of a <see cref="DenseMotionNetwork"/>, in their order; the first of K + 1 is the background, which stays.</summary>
/// <param name="Heatmaps">Driving minus source bumps [N, K+1, h, w], in [-1, 1]; the background's are 0.</param>
/// <param name="Proposals">Sparse motions [N, K+1, h, w, 2], (x, y) in [-1, 1]: where each point would have every driving pixel look.</param>
/// <param name="Warped">The reduced source frame moved by each proposal, [N, K+1, 3, h, w], RGB in [0, 1].</param>
/// <param name="Mask">How far each pixel follows each proposal, [N, K+1, h, w]; sums to 1 over the proposals.</param>
/// <param name="Motion">The mixture, the occlusion and the features they were read from.</param>
/// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.2.</remarks>
public sealed record MotionSteps(Tensor Heatmaps, Tensor Proposals, Tensor Warped, Tensor Mask, MotionField Motion) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Heatmaps, Proposals, Warped, Mask, .. Motion.Tensors];
}
