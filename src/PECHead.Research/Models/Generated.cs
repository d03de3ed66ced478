using PECHead.Research.Landmarks;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>A generated frame with what led to it.</summary>
/// <param name="Image">Frames [N, 3, H, W], RGB in (0, 1).</param>
/// <param name="Motion">Motion from driving pixels to source positions.</param>
/// <param name="SourceKeypoints">Points of the source.</param>
/// <param name="DrivingKeypoints">Points of the driving frame.</param>
public sealed record Generated(Tensor Image, MotionField Motion, Keypoints SourceKeypoints, Keypoints DrivingKeypoints)
{
    /// <summary>Hands the image and the motion to the surrounding dispose scope.</summary>
    public Generated MoveToOuterDisposeScope() => this with
    {
        Image = Image.MoveToOuterDisposeScope(),
        Motion = Motion.MoveToOuterDisposeScope(),
    };
}
