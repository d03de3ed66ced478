using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>A source of <see cref="SplineModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Levels">The frames as the inpainting network encodes them, the largest map first.</param>
/// <param name="Reduced">The frames at the resolution of the motion, [N, 3, h, w].</param>
/// <param name="Points">Their points.</param>
internal sealed record SplineSource(FaceFrame Source, IReadOnlyList<Tensor> Levels, Tensor Reduced, SplineKeypoints Points) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Levels, Reduced, .. Points.Tensors];
}
