using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>Estimates optical flow between frames.</summary>
public interface IFlowEstimator
{
    /// <summary>Estimates where each pixel of a frame was in another.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="others">Frames of the same shape.</param>
    /// <returns>[N, H, W, 2], (x, y) in pixels: frames(z) shows what others(z + flow(z)) shows. No gradient.</returns>
    Tensor Estimate(Tensor frames, Tensor others);
}
