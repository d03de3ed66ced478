using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>The camera of Deep3DFaceRecon: it stands ten decimetres before the origin of the face and looks at it.</summary>
/// <remarks>
/// <b>Paper:</b> Deng et al. 2019 and its public implementation: a point (X, Y, Z) in decimetres, x right, y up, z towards
/// the camera, is seen in the 224 px image at column 112 + 1015·X/(10 − Z) and row 111 − 1015·Y/(10 − Z).
/// </remarks>
internal static class Deep3DCamera
{
    /// <summary>Side of the image, pixels.</summary>
    public const int ImageSize = 224;

    /// <summary>Focal length in pixels: the field of view is 2·atan(112/1015), about 12.6 degrees.</summary>
    public const double FocalLength = 1015;

    /// <summary>Distance from the camera to the origin, decimetres.</summary>
    public const double Distance = 10;

    /// <summary>Column of the optical axis, pixels.</summary>
    public const double CentreX = 112;

    /// <summary>Row of the optical axis, pixels: the image counts rows from 0 at the top, the camera from 223 downwards.</summary>
    public const double CentreY = 111;

    /// <summary>Moves points of the face to where the head is: R·p + t.</summary>
    /// <param name="points">[N, P, 3], decimetres.</param>
    /// <param name="angles">[N, 3] radians.</param>
    /// <param name="translation">[N, 3], decimetres.</param>
    /// <returns>[N, P, 3], differentiable.</returns>
    public static Tensor Pose(Tensor points, Tensor angles, Tensor translation)
    {
        using var scope = NewDisposeScope();
        var rotation = EulerAngles.ToMatrix(angles);
        return (points.matmul(rotation.transpose(1, 2)) + translation.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Position in the image plane at the origin's distance: there one decimetre stays one decimetre, nearer is larger.
    /// </summary>
    /// <param name="posed">[N, P, 3], from <see cref="Pose"/>, with z below <see cref="Distance"/>.</param>
    /// <returns>[N, P, 2], decimetres from the optical axis: x right, y up. Differentiable.</returns>
    public static Tensor Project(Tensor posed)
    {
        TensorGuard.Shape(posed, nameof(posed), TensorGuard.Any, TensorGuard.Any, 3);
        using var scope = NewDisposeScope();
        var depth = (Distance - posed.narrow(2, 2, 1)) / Distance;
        return (posed.narrow(2, 0, 2) / depth).MoveToOuterDisposeScope();
    }

    /// <summary>Pixels of the 224 px image.</summary>
    /// <param name="projected">[N, P, 2], from <see cref="Project"/>.</param>
    /// <returns>[N, P, 2]: column and row, centres of pixels at whole numbers. Differentiable.</returns>
    public static Tensor ToPixels(Tensor projected)
    {
        using var scope = NewDisposeScope();
        var pixels = projected * (FocalLength / Distance);
        return stack([pixels.select(2, 0) + CentreX, CentreY - pixels.select(2, 1)], 2).MoveToOuterDisposeScope();
    }
}
