using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Finds the face of every frame: the first step of an observation.</summary>
public interface IFaceFinder : IDisposable
{
    /// <summary>Finds the mesh of the largest face of every frame; gives no gradient.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    FaceMeshes Find(Tensor frames);

    /// <summary>Describes whose faces these are.</summary>
    /// <param name="frames">The frames that the faces were found in.</param>
    /// <param name="found">What <see cref="Find"/> gave for them.</param>
    /// <returns>[N, 1024], not negative; zeros where there is no face.</returns>
    Tensor Describe(Tensor frames, FaceMeshes found);
}
