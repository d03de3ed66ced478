using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>What is read off a head.</summary>
/// <param name="Logits">Bins of yaw, pitch and roll, [N, 3, 66].</param>
/// <param name="Degrees">Yaw, pitch and roll [N, 3]. Other angles turn the head.</param>
/// <param name="Translation">[N, 3].</param>
/// <param name="Expression">A shift of each keypoint, [N, K, 3].</param>
internal sealed record HeadReading(Tensor Logits, Tensor Degrees, Tensor Translation, Tensor Expression) : ITensorRecord
{
    // The public code's π, with which its weights were trained.
    private const double HalfTurn = 3.14;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Logits, Degrees, Translation, Expression];

    /// <summary>R = R_x(pitch) · R_y(yaw) · R_z(roll).</summary>
    /// <returns>[N, 3, 3].</returns>
    public Tensor Rotation()
    {
        using var scope = NewDisposeScope();
        var angles = (Degrees * (HalfTurn / 180)).unbind(1);
        var (pitch, yaw, roll) = HeadAngles.Rotations(angles[1], angles[0], angles[2]);
        return FullPrecision.Product(FullPrecision.Product(pitch, yaw), roll).MoveToOuterDisposeScope();
    }

    /// <summary>Places canonical keypoints as this head is turned, moved and mimed: R·k + t + δ.</summary>
    /// <param name="canonical">[N, K, 3].</param>
    public SpatialKeypoints Place(Tensor canonical)
    {
        using var scope = NewDisposeScope();
        return new SpatialKeypoints(FullPrecision.Product(canonical, Rotation().transpose(1, 2)) + Translation.unsqueeze(1) + Expression).MoveToOuterDisposeScope();
    }
}
