using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>Estimates where every pixel of a frame was in the frame before.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.3: features of frame t−1 are warped into frame t by the flow between the source frames.
/// Backward warping needs the flow of frame t <i>towards</i> frame t−1: current(z) ≈ previous(z + flow(z)).
/// </remarks>
public interface IFlowEstimator : IDisposable
{
    /// <summary>Estimates the flow without recording gradients.</summary>
    /// <param name="current">Frames t: [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="previous">Frames t−1 of the same shape.</param>
    /// <returns>[N, H, W, 2], (x, y) in pixels, float32: pixel z of the current frame lay at z + flow(z).</returns>
    /// <exception cref="ArgumentException">Other shapes, or frames that are too small.</exception>
    /// <remarks>Call it outside of mixed precision: half-precision positions are coarse.</remarks>
    Tensor Estimate(Tensor current, Tensor previous);
}
