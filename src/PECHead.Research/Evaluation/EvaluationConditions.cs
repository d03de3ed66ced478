namespace PECHead.Research.Evaluation;

/// <summary>What makes a reconstruction harder than the recorded clips are.</summary>
public sealed record EvaluationConditions
{
    /// <summary>The clips as they were recorded.</summary>
    public static EvaluationConditions Recorded { get; } = new();

    /// <summary>The faces of the driving frames tremble by this multiple of what the reconstructor trembles. At least 0.</summary>
    public double Noise { get; init; }

    /// <summary>Whether a frame may know of those before it; false cuts the context of models that have one.</summary>
    public bool Propagates { get; init; } = true;
}
