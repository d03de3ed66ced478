namespace PECHead.Research.Evaluation;

/// <summary>What a model is asked to do with a source and driving frames.</summary>
public enum EvaluationTask
{
    /// <summary>The source's own clip drives: the driving frames are what should come out.</summary>
    Reconstruction,

    /// <summary>Another person's clip drives: nothing says what should come out, pose and identity can be compared.</summary>
    Reenactment,

    /// <summary>The head is turned to the front; expression, place and size stay the source's.</summary>
    Frontalization,

    /// <summary>The expression is the driving frame's; pose, place and size stay the source's.</summary>
    ExpressionTransfer,
}
