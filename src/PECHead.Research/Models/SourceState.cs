using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>What is computed once per source, however many driving frames follow.</summary>
/// <param name="Source">Source frames with their faces; owned by the caller.</param>
/// <param name="ReducedFrame">The frames at the resolution of the motion, [N, 3, h, w].</param>
/// <param name="Features">f^r: encoded frames [N, C, h, w].</param>
/// <param name="Levels">The features at the level of each branch.</param>
/// <param name="Keypoints">Learned keypoints of the source; null where the model has none.</param>
public sealed record SourceState(FaceFrame Source, Tensor ReducedFrame, Tensor Features, IReadOnlyList<Tensor> Levels, Keypoints? Keypoints) : IDisposable
{
    /// <summary>Source frames [N, 3, H, W], RGB in [0, 1].</summary>
    public Tensor Frame => Source.Image;

    /// <summary>Landmarks, pose and expression of the source.</summary>
    public FaceState Face => Source.Face;

    /// <summary>Hands the computed tensors to the surrounding dispose scope.</summary>
    public SourceState MoveToOuterDisposeScope() => this with
    {
        ReducedFrame = ReducedFrame.MoveToOuterDisposeScope(),
        Features = Features.MoveToOuterDisposeScope(),
        Levels = [.. Levels.Select(level => level.MoveToOuterDisposeScope())],
        Keypoints = Keypoints?.MoveToOuterDisposeScope(),
    };

    /// <summary>Takes the computed tensors out of every dispose scope, for a state that outlives a loop over frames.</summary>
    public SourceState DetachFromDisposeScope() => this with
    {
        ReducedFrame = ReducedFrame.DetachFromDisposeScope(),
        Features = Features.DetachFromDisposeScope(),
        Levels = [.. Levels.Select(level => level.DetachFromDisposeScope())],
        Keypoints = Keypoints?.DetachFromDisposeScope(),
    };

    /// <summary>Frees the computed tensors.</summary>
    public void Dispose()
    {
        ReducedFrame.Dispose();
        Features.Dispose();
        foreach (var level in Levels) level.Dispose();
        Keypoints?.Positions.Dispose();
    }
}
