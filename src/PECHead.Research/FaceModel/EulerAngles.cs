using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>R = R_z(roll) · R_y(yaw) · R_x(pitch), and back.</summary>
/// <remarks>
/// Axes: x to the right of the picture, y up, z towards the camera, for a face that looks along +z. Seen in the picture a
/// positive pitch looks down, a positive yaw turns the nose to the right, a positive roll is counter-clockwise.
/// <b>Choice:</b> this order, because a rotation of the picture is then a roll and changes neither yaw nor pitch;
/// Deep3DFaceRecon has the same.
/// </remarks>
internal static class EulerAngles
{
    /// <summary>Builds rotation matrices, differentiable.</summary>
    /// <param name="angles">[N, 3] radians: pitch, yaw, roll.</param>
    /// <returns>[N, 3, 3], for column vectors.</returns>
    /// <exception cref="ArgumentException">Not [N, 3].</exception>
    public static Tensor ToMatrix(Tensor angles)
    {
        TensorGuard.Shape(angles, nameof(angles), TensorGuard.Any, 3);
        using var scope = NewDisposeScope();
        var (cosine, sine) = (angles.cos(), angles.sin());
        var (cx, cy, cz) = (cosine.select(1, 0), cosine.select(1, 1), cosine.select(1, 2));
        var (sx, sy, sz) = (sine.select(1, 0), sine.select(1, 1), sine.select(1, 2));
        return stack(
        [
            cz * cy, (cz * sy * sx) - (sz * cx), (cz * sy * cx) + (sz * sx),
            sz * cy, (sz * sy * sx) + (cz * cx), (sz * sy * cx) - (cz * sx),
            -sy, cy * sx, cy * cx,
        ], 1).view(-1, 3, 3).MoveToOuterDisposeScope();
    }

    /// <summary>Angles of rotation matrices; where yaw is a quarter turn, roll and pitch share one turn arbitrarily.</summary>
    /// <param name="rotation">[N, 3, 3], orthonormal with determinant 1.</param>
    /// <returns>[N, 3]: pitch and roll in (-π, π], yaw in [-π/2, π/2].</returns>
    /// <exception cref="ArgumentException">Not [N, 3, 3].</exception>
    public static Tensor FromMatrix(Tensor rotation)
    {
        TensorGuard.Shape(rotation, nameof(rotation), TensorGuard.Any, 3, 3);
        using var scope = NewDisposeScope();
        Tensor At(int row, int column) => rotation.select(1, row).select(1, column);
        return stack(
        [
            atan2(At(2, 1), At(2, 2)),
            (-At(2, 0)).clamp(-1, 1).asin(),
            atan2(At(1, 0), At(0, 0)),
        ], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The same angle in [-π, π), differentiable.</summary>
    /// <param name="angle">Any shape, radians.</param>
    public static Tensor Wrap(Tensor angle)
    {
        using var scope = NewDisposeScope();
        var turns = ((angle + Math.PI) / (2 * Math.PI)).floor().detach();
        return (angle - (turns * (2 * Math.PI))).MoveToOuterDisposeScope();
    }
}
