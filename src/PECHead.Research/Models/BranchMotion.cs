using PECHead.Research.Alignment;
using PECHead.Research.Landmarks;
using PECHead.Research.Motion;

namespace PECHead.Research.Models;

/// <summary>What one branch made of its points.</summary>
/// <param name="Name">Name of the point set.</param>
/// <param name="SourcePoints">Points in the source.</param>
/// <param name="DrivingPoints">The same points in the driving frame.</param>
/// <param name="Motion">w, o and f^m.</param>
/// <param name="Aligned">f^a of the branch.</param>
public sealed record BranchMotion(string Name, Keypoints SourcePoints, Keypoints DrivingPoints, MotionField Motion, AlignedFeatures Aligned)
{
    /// <summary>Hands the tensors to the surrounding dispose scope.</summary>
    public BranchMotion MoveToOuterDisposeScope() => new(
        Name, SourcePoints.MoveToOuterDisposeScope(), DrivingPoints.MoveToOuterDisposeScope(), Motion.MoveToOuterDisposeScope(), Aligned.MoveToOuterDisposeScope());
}
