using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>One training sample with what a model made of it: all that the objective looks at.</summary>
/// <param name="Source">Frames [N, 3, H, W], RGB in [0, 1].</param>
/// <param name="Driving">Frames of the same shape, to be reconstructed.</param>
/// <param name="Image">The generated frames.</param>
/// <param name="Deformations">The dense motions, [N, h, w, 2] each.</param>
/// <param name="Keypoints">Learned keypoints; null where the model has none.</param>
/// <param name="Landmarks">Landmarks of the driving faces, their own; null where no term looks at them.</param>
/// <param name="Judgements">A discriminator's maps of the generated frames; null where there is none.</param>
public sealed record Reconstruction(
    Tensor Source, Tensor Driving, Tensor Image, IReadOnlyList<Tensor> Deformations, LearnedKeypoints? Keypoints,
    IReadOnlyList<Tensor>? Judgements, Keypoints? Landmarks = null);

/// <summary>Learned keypoints of a sample.</summary>
/// <param name="Source">Points of the source.</param>
/// <param name="Driving">Points of the driving frame.</param>
/// <param name="Transformed">Points of the driving frame x after a transform, x_T(z) = x(T(z)).</param>
/// <param name="Transform">T.</param>
public sealed record LearnedKeypoints(Keypoints Source, Keypoints Driving, Keypoints Transformed, IPlaneTransform Transform);
