using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>
/// R of Eq. 1: fits identity, expression and pose to the face that was found in a frame, and turns such coefficients back into points of
/// the frame.
/// </summary>
/// <remarks>
/// Points are what <see cref="FaceCoefficients"/> say and nothing else: editing coefficients and asking for the landmarks
/// again is how faces are edited. Tables follow the device and the floating type of what they are asked with.
/// </remarks>
public interface IFaceReconstructor : IDisposable
{
    /// <summary>Its name in a configuration.</summary>
    string Name { get; }

    /// <summary>I, the number of identity coefficients.</summary>
    int IdentitySize { get; }

    /// <summary>E, the number of expression coefficients.</summary>
    int ExpressionSize { get; }

    /// <summary>Number of points of the whole model.</summary>
    int PointCount { get; }

    /// <summary>Triangles between the points, counter-clockwise seen from outside.</summary>
    IReadOnlyList<(int A, int B, int C)> Triangles { get; }

    /// <summary>Named directions of the expression space: smile, mouth open and so on.</summary>
    ExpressionDirections Directions { get; }

    /// <summary>Fits coefficients to faces that were found; gives no gradient.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <param name="found">The faces in them.</param>
    /// <returns>Coefficients on the device of the frames, float32. A frame without a face has score 0 and the values of
    /// <see cref="Neutral"/>.</returns>
    /// <exception cref="ArgumentException">Not three channels, not square, or faces of other frames.</exception>
    FaceCoefficients Fit(Tensor frames, FaceMeshes found);

    /// <summary>The 68 landmarks of the iBUG scheme, differentiable in all coefficients.</summary>
    /// <param name="coefficients">Of N frames.</param>
    /// <returns>[N, 68, 2], (x, y) in [-1, 1] of the frame, y down; the ends are the centres of the border pixels.</returns>
    Tensor Landmarks(FaceCoefficients coefficients);

    /// <summary>Points of the model in the frame, differentiable in all coefficients.</summary>
    /// <param name="coefficients">Of N frames.</param>
    /// <param name="points">Which points, each in [0, <see cref="PointCount"/>); null for all.</param>
    /// <returns>[N, P, 3]: (x, y) as <see cref="Landmarks"/>; z towards the camera, in half frames like x, from the origin of the face.</returns>
    Tensor Points(FaceCoefficients coefficients, IReadOnlyList<int>? points = null);

    /// <summary>The coefficients of the horizontally flipped frames.</summary>
    /// <param name="coefficients">Of N frames.</param>
    FaceCoefficients Mirror(FaceCoefficients coefficients);

    /// <summary>
    /// The coefficients of one person's frames with one identity for all, the mean weighted by score. Where a reconstructor can,
    /// it fits the rest anew, so that the points stay nearly where they were.
    /// </summary>
    /// <param name="clip">Frames of one person.</param>
    FaceCoefficients ShareIdentity(FaceCoefficients clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return clip.WithMeanIdentity();
    }

    /// <summary>A mean face that looks straight ahead from the middle of the frame, with score 0.</summary>
    /// <param name="count">N.</param>
    /// <param name="device">Device of the result, float32.</param>
    FaceCoefficients Neutral(long count, Device device);
}
