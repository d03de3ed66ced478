using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>A source of <see cref="PecHeadModel"/>.</summary>
/// <param name="Source">Source frames with their faces; owned by the caller.</param>
/// <param name="ReducedFrame">The frames at the resolution of the motion, [N, 3, h, w].</param>
/// <param name="Features">f^r: encoded frames [N, C, h, w].</param>
/// <param name="Levels">The features at the level of each branch.</param>
/// <param name="Keypoints">Learned keypoints of the source; null where the setting has none.</param>
public sealed record PecHeadSource(FaceFrame Source, Tensor ReducedFrame, Tensor Features, IReadOnlyList<Tensor> Levels, Keypoints? Keypoints)
    : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [ReducedFrame, Features, .. Levels, .. Keypoints?.Tensors ?? []];
}
