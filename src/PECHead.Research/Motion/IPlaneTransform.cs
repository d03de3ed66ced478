using PECHead.Research.Landmarks;

namespace PECHead.Research.Motion;

/// <summary>A map T of the image plane, one per frame of a batch.</summary>
public interface IPlaneTransform
{
    /// <summary>Moves points to T(z).</summary>
    /// <param name="keypoints">Points of the same batch.</param>
    Keypoints Apply(Keypoints keypoints);
}
