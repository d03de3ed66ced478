using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>A source of <see cref="ArticulatedModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Levels">The frames as the generator encodes them, the largest map first.</param>
/// <param name="Reduced">The frames at the resolution of the motion, [N, 3, h, w].</param>
/// <param name="Regions">Their regions.</param>
internal sealed record ArticulatedSource(FaceFrame Source, IReadOnlyList<Tensor> Levels, Tensor Reduced, Regions Regions) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Levels, Reduced, .. Regions.Tensors];
}
