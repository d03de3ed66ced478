using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>A frame with what the reconstructor says of it.</summary>
/// <param name="Image">[N, 3, S, S], RGB in [0, 1].</param>
/// <param name="Face">Landmarks, pose and expression of the same N; null for models that look at the frame alone.</param>
public sealed record FaceFrame(Tensor Image, FaceState? Face = null) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Image, .. Face?.Tensors ?? []];

    /// <summary>The face, for models that are told of it.</summary>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <exception cref="ArgumentException">The frame comes without a face.</exception>
    public FaceState RequireFace(string name)
        => Face ?? throw new ArgumentException("The model is told of faces, and this frame comes without one: observe it first.", name);
}
