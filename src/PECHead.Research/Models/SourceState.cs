using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>What is computed once per source, however many driving frames follow.</summary>
/// <param name="Frame">Source frames [N, 3, H, W], RGB in [0, 1]; owned by the caller.</param>
/// <param name="ReducedFrame">The frames at the resolution of the motion, [N, 3, h, w].</param>
/// <param name="Features">Encoded frames [N, C, h, w].</param>
/// <param name="Keypoints">Points of the source.</param>
public sealed record SourceState(Tensor Frame, Tensor ReducedFrame, Tensor Features, Keypoints Keypoints) : IDisposable
{
    /// <summary>Hands the computed tensors to the surrounding dispose scope.</summary>
    public SourceState MoveToOuterDisposeScope() => this with
    {
        ReducedFrame = ReducedFrame.MoveToOuterDisposeScope(),
        Features = Features.MoveToOuterDisposeScope(),
        Keypoints = Keypoints.MoveToOuterDisposeScope(),
    };

    /// <summary>Takes the computed tensors out of every dispose scope, for a state that outlives a loop over frames.</summary>
    public SourceState DetachFromDisposeScope() => this with
    {
        ReducedFrame = ReducedFrame.DetachFromDisposeScope(),
        Features = Features.DetachFromDisposeScope(),
        Keypoints = Keypoints.DetachFromDisposeScope(),
    };

    /// <summary>Frees the computed tensors.</summary>
    public void Dispose()
    {
        ReducedFrame.Dispose();
        Features.Dispose();
        Keypoints.Positions.Dispose();
    }
}
