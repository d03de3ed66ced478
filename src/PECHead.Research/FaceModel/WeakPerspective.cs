using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>The camera of the mesh model: a turn, then parallel projection, scale and shift.</summary>
/// <remarks>
/// <b>Choice:</b> no perspective, because the face mesh network estimates depth in the scale of the picture. A face of
/// x centimetres is placed at crop + exp(log scale) · (R · x / 10 + translation), with y turned down.
/// </remarks>
internal static class WeakPerspective
{
    /// <summary>Centimetres per unit of the scale: ten, as Deep3DFaceRecon counts in decimetres.</summary>
    public const double Unit = 10;

    /// <summary>Places shapes in their frames, differentiable.</summary>
    /// <param name="shape">[N, P, 3] centimetres, x right, y up, z towards the camera.</param>
    /// <param name="coefficients">Of N frames.</param>
    /// <returns>[N, P, 3], half frames: x, y down, from the middle of the frame; z towards the camera, from the origin of the face.</returns>
    public static Tensor Project(Tensor shape, FaceCoefficients coefficients)
    {
        using var scope = NewDisposeScope();
        var turned = matmul(shape, EulerAngles.ToMatrix(coefficients.Angles).transpose(1, 2)) / Unit;
        var placed = (turned + coefficients.Translation.unsqueeze(1)) * coefficients.Crop.narrow(1, 0, 1).exp().unsqueeze(1);
        var crop = coefficients.Crop.unsqueeze(1);
        return cat(
        [
            crop.narrow(2, 1, 1) + placed.narrow(2, 0, 1),
            crop.narrow(2, 2, 1) - placed.narrow(2, 1, 1),
            placed.narrow(2, 2, 1),
        ], 2).MoveToOuterDisposeScope();
    }

    /// <summary>Points of a frame with y turned up: its own inverse.</summary>
    /// <param name="points">[N, P, 3].</param>
    public static Tensor FlipVertical(Tensor points)
    {
        using var scope = NewDisposeScope();
        return cat([points.narrow(2, 0, 1), -points.narrow(2, 1, 1), points.narrow(2, 2, 1)], 2).MoveToOuterDisposeScope();
    }

    /// <summary>Angles [N, 3] and crop [N, 3] of the map from centimetres to half frames with y up.</summary>
    /// <param name="pose">Of N frames.</param>
    public static (Tensor Angles, Tensor Crop) Describe(Similarity pose)
    {
        using var scope = NewDisposeScope();
        var crop = stack([(pose.Scale * Unit).log(), pose.Translation.select(1, 0), -pose.Translation.select(1, 1)], 1);
        return (EulerAngles.FromMatrix(pose.Rotation).MoveToOuterDisposeScope(), crop.MoveToOuterDisposeScope());
    }
}
