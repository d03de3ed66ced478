using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FirstOrder;

/// <summary>A source of <see cref="FirstOrderModel"/>.</summary>
/// <param name="Source">Source frames; owned by the caller.</param>
/// <param name="Features">The frames as the generator encodes them, [N, C, h, w].</param>
/// <param name="Points">Their keypoints.</param>
public sealed record FirstOrderSource(FaceFrame Source, Tensor Features, AffineKeypoints Points) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Features, .. Points.Tensors];
}
