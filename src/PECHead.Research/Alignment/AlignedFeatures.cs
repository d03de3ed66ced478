using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>Source features moved to where the driving frame needs them.</summary>
/// <param name="Features">f^a: [N, C, h, w].</param>
/// <param name="Offsets">
/// δ of a deformable alignment: [N, 2·G·9, h, w], in pixels of the features, (dy, dx) for each of the 9 taps of each of G
/// groups; null for a warp.
/// </param>
/// <param name="Modulation">ε of a deformable alignment: [N, G·9, h, w] in (0, 1); null for a warp.</param>
public sealed record AlignedFeatures(Tensor Features, Tensor? Offsets = null, Tensor? Modulation = null) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Features, .. new[] { Offsets, Modulation }.OfType<Tensor>()];
}
