using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>One training sample with what a model made of it: all that the objective looks at.</summary>
/// <param name="Source">Frames [N, 3, H, W], RGB in [0, 1].</param>
/// <param name="Driving">Frames of the same shape, to be reconstructed.</param>
/// <param name="Image">The generated frames.</param>
/// <param name="Deformations">The dense motions, [N, h, w, 2] each.</param>
/// <param name="SourceKeypoints">Points of the source.</param>
/// <param name="DrivingKeypoints">Points of the driving frame.</param>
/// <param name="TransformedKeypoints">Points found in the driving frame after <paramref name="Transform"/>.</param>
/// <param name="Transform">The bend of the equivariance term.</param>
public sealed record Reconstruction(
    Tensor Source,
    Tensor Driving,
    Tensor Image,
    IReadOnlyList<Tensor> Deformations,
    Keypoints SourceKeypoints,
    Keypoints DrivingKeypoints,
    Keypoints TransformedKeypoints,
    ThinPlateSpline Transform);
