using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>A head in motion: x = s · (k · R + δ) + t, and a shift that seams and ratios ask for.</summary>
/// <param name="Canonical">k: keypoints of the source as if it looked straight ahead, [N, K, 3].</param>
/// <param name="Scale">s [N, 1].</param>
/// <param name="Rotation">R [N, 3, 3], which multiplies rows from the right.</param>
/// <param name="Expression">δ [N, K, 3].</param>
/// <param name="Translation">t [N, 3]; its depth does not count.</param>
/// <param name="Shift">Of the points themselves, [N, K, 3].</param>
/// <remarks><b>Paper:</b> LivePortrait, Eq. 2. x points right, y down, z into the picture.</remarks>
internal sealed record ImplicitMotion(Tensor Canonical, Tensor Scale, Tensor Rotation, Tensor Expression, Tensor Translation, Tensor Shift) : MotionState
{
    /// <inheritdoc/>
    public override Keypoints? Keypoints => new(Points().narrow(2, 0, 2));

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Canonical, Scale, Rotation, Expression, Translation, Shift];

    /// <summary>The same numbers in tensors of the surrounding dispose scope, which may be freed on their own.</summary>
    public ImplicitMotion Aliased() => new(Canonical.alias(), Scale.alias(), Rotation.alias(), Expression.alias(), Translation.alias(), Shift.alias());

    /// <summary>x [N, K, 3], in [-1, 1]; a new tensor of the surrounding dispose scope.</summary>
    public Tensor Points()
    {
        using var scope = NewDisposeScope();
        var flat = cat([Translation.narrow(1, 0, 2), zeros_like(Translation.narrow(1, 0, 1))], 1);
        return ((Scale.unsqueeze(2) * (FullPrecision.Product(Canonical, Rotation) + Expression)) + flat.unsqueeze(1) + Shift).MoveToOuterDisposeScope();
    }
}
