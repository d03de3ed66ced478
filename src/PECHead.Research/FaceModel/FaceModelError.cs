using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>How far a fitted model stays from the meshes that it was fitted to.</summary>
/// <param name="LandmarkMillimetres">Mean distance in space of the 68 landmarks on the scale of the canonical face.</param>
/// <param name="MeshMillimetres">The same of all 468 points.</param>
/// <param name="LandmarkPlane">Mean distance of the 68 landmarks in the picture, in the unit of the meshes.</param>
public sealed record FaceModelError(double LandmarkMillimetres, double MeshMillimetres, double LandmarkPlane)
{
    /// <summary>Compares fitted coefficients with their meshes.</summary>
    /// <param name="model">Over the 468 points.</param>
    /// <param name="meshes">[N, 468, 3] as given to <see cref="FaceModelFit.Fit"/>.</param>
    /// <param name="fitted">Of N frames.</param>
    /// <returns>Means over all frames.</returns>
    public static FaceModelError Of(LinearFaceModel model, Tensor meshes, FaceCoefficients fitted)
    {
        ArgumentNullException.ThrowIfNull(model);
        FaceCoefficients.Require(fitted, nameof(fitted));
        TensorGuard.Shape(meshes, nameof(meshes), fitted.Count, CanonicalFace.PointCount, 3);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var difference = meshes - model.Points(fitted);
        var rows = tensor(CanonicalFace.Landmarks.Select(point => (long)point).ToArray(), device: meshes.device);
        var landmarks = difference.index_select(1, rows);
        // Depth has any origin: only its change over the face counts.
        var depth = difference.narrow(2, 2, 1).mean([1L], keepdim: true);
        var millimetres = 10 * WeakPerspective.Unit / fitted.Crop.select(1, 0).exp();
        return new FaceModelError(
            InSpace(landmarks), InSpace(difference), Length(landmarks.narrow(2, 0, 2)).mean().ToDouble());

        double InSpace(Tensor points) =>
            (Length(cat([points.narrow(2, 0, 2), points.narrow(2, 2, 1) - depth], 2)) * millimetres.unsqueeze(1)).mean().ToDouble();
        static Tensor Length(Tensor points) => points.square().sum(2).sqrt();
    }
}
