namespace PECHead.Research.Models;

/// <summary>What of the driving face the source takes on.</summary>
public enum MotionMode
{
    /// <summary>Pose and expression as they are.</summary>
    Absolute,

    /// <summary>What pose and expression have changed since the first frame of the driving video, in units of the size of the faces.</summary>
    Relative,

    /// <summary>The same in units of the frame, whatever the size of the faces. For models that find keypoints in the frames.</summary>
    RelativeUnscaled,

    /// <summary>What the pose has changed since the first frame; the expression stays the source's. For models that are told of a face.</summary>
    PoseOnly,

    /// <summary>What the expression has changed since the first frame; the pose stays the source's. For models that are told of a face.</summary>
    ExpressionOnly,

    /// <summary>
    /// How far the expression is from a neutral one; the pose stays the source's. For models that know a neutral expression: what one driving picture can say.
    /// </summary>
    FromNeutral,

    /// <summary>The pose as a network separates it from the shape of the driving face. For baselines that have this network.</summary>
    Disentangled,
}
