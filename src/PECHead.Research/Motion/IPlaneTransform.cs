using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>A map T of the image plane, one per frame of a batch.</summary>
public interface IPlaneTransform
{
    /// <summary>Moves points to T(z).</summary>
    /// <param name="keypoints">Points of the same batch.</param>
    Keypoints Apply(Keypoints keypoints);

    /// <summary>Warps frames: x_T(z) = x(T(z)), reflected at the border.</summary>
    /// <param name="frames">[N, C, H, W].</param>
    /// <returns>[N, C, H, W]. A point seen at z in the result lies at T(z) in the frame.</returns>
    Tensor Warp(Tensor frames);
}
