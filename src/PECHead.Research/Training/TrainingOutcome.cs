namespace PECHead.Research.Training;

/// <summary>Why a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All steps are done.</summary>
    Finished,

    /// <summary>The time was used up before all steps were done; the run can be resumed.</summary>
    OutOfTime,

    /// <summary>It was asked to stop; the run can be resumed.</summary>
    Stopped,
}
