using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>A frame with what the reconstructor says of it.</summary>
/// <param name="Image">[N, 3, S, S], RGB in [0, 1].</param>
/// <param name="Face">Landmarks, pose and expression of the same N.</param>
public sealed record FaceFrame(Tensor Image, FaceState Face);
