using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>Puts the motion of a driving face on the face of a source.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1: identity from the source, expression and pose from the driving frame. <b>Choice:</b> the relative
/// modes, after First Order Motion Model, Sec. 3.4: e = e_s + (e_d − e_d0), R = R_d R_d0⁻¹ R_s, and the place in the frame by
/// difference, in units of the face's size.
/// </remarks>
internal static class MotionTransfer
{
    /// <summary>The coefficients that the source is to take.</summary>
    /// <param name="mode">What is transferred.</param>
    /// <param name="source">One frame.</param>
    /// <param name="driving">The present driving frame.</param>
    /// <param name="first">The driving frame that the source's own pose and expression correspond to.</param>
    public static FaceCoefficients Transfer(MotionMode mode, FaceCoefficients source, FaceCoefficients driving, FaceCoefficients first) => mode switch
    {
        MotionMode.Absolute => source.WithMotionOf(driving),
        MotionMode.Relative => WithExpressionChange(WithPoseChange(source, driving, first), driving, first),
        MotionMode.PoseOnly => WithPoseChange(source, driving, first),
        MotionMode.ExpressionOnly => WithExpressionChange(source, driving, first),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode"),
    };

    /// <summary>A face that follows further, or less far, than it did.</summary>
    /// <param name="source">One frame.</param>
    /// <param name="target">What <see cref="Transfer"/> gave.</param>
    /// <param name="pose">0 is the source's own pose, 1 the target's. The head turns about the axis between the two.</param>
    /// <param name="expression">The same for the expression.</param>
    public static FaceCoefficients Strengthened(FaceCoefficients source, FaceCoefficients target, double pose, double expression)
    {
        using var scope = NewDisposeScope();
        var rotation = PartialRotation.Between(EulerAngles.ToMatrix(source.Angles), EulerAngles.ToMatrix(target.Angles), pose);
        return target with
        {
            Angles = EulerAngles.FromMatrix(rotation).MoveToOuterDisposeScope(),
            Translation = source.Translation.lerp(target.Translation, pose).MoveToOuterDisposeScope(),
            Crop = source.Crop.lerp(target.Crop, pose).MoveToOuterDisposeScope(),
            Expression = source.Expression.lerp(target.Expression, expression).MoveToOuterDisposeScope(),
        };
    }

    private static FaceCoefficients WithExpressionChange(FaceCoefficients source, FaceCoefficients driving, FaceCoefficients first)
        => source with { Expression = source.Expression + (driving.Expression - first.Expression) };

    private static FaceCoefficients WithPoseChange(FaceCoefficients source, FaceCoefficients driving, FaceCoefficients first)
    {
        using var scope = NewDisposeScope();
        var rotation = EulerAngles.ToMatrix(driving.Angles)
            .matmul(EulerAngles.ToMatrix(first.Angles).transpose(1, 2))
            .matmul(EulerAngles.ToMatrix(source.Angles));
        var logScale = source.Crop.narrow(1, 0, 1);
        var ratio = (logScale - first.Crop.narrow(1, 0, 1)).exp();
        var place = source.Crop.narrow(1, 1, 2) + (ratio * (driving.Crop.narrow(1, 1, 2) - first.Crop.narrow(1, 1, 2)));
        return source with
        {
            Angles = EulerAngles.FromMatrix(rotation).MoveToOuterDisposeScope(),
            Translation = (source.Translation + (driving.Translation - first.Translation)).MoveToOuterDisposeScope(),
            Crop = cat([logScale + (driving.Crop.narrow(1, 0, 1) - first.Crop.narrow(1, 0, 1)), place], 1).MoveToOuterDisposeScope(),
        };
    }
}
