namespace PECHead.Research.Animation;

/// <summary>How the points of the driving video move the source.</summary>
public enum MotionMode
{
    /// <summary>The source takes the driving points as they are.</summary>
    Absolute,

    /// <summary>The source's points move by what the driving points have moved since the first frame.</summary>
    Relative,
}
