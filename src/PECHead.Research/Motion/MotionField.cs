using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>Dense motion between a source and a driving frame.</summary>
/// <param name="Deformation">[N, h, w, 2], (x, y) in [-1, 1]: the source position that each driving pixel shows.</param>
/// <param name="Occlusion">[N, 1, h, w] in (0, 1): 1 where the source shows what the driving frame needs.</param>
/// <param name="Features">[N, C, h, w], last features of the motion network.</param>
public sealed record MotionField(Tensor Deformation, Tensor Occlusion, Tensor Features) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Deformation, Occlusion, Features];
}
