namespace PECHead.Research.Animation;

/// <summary>What of the driving face the source takes on.</summary>
public enum MotionMode
{
    /// <summary>Pose and expression as they are.</summary>
    Absolute,

    /// <summary>What pose and expression have changed since the first frame of the driving video.</summary>
    Relative,

    /// <summary>What the pose has changed since the first frame; the expression stays the source's.</summary>
    PoseOnly,

    /// <summary>What the expression has changed since the first frame; the pose stays the source's.</summary>
    ExpressionOnly,
}
