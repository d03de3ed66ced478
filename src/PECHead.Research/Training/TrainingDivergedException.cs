namespace PECHead.Research.Training;

/// <summary>The loss is no longer a number. The last checkpoint was written before that and is whole.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal const string Remedy =
        "If the run has a checkpoint, it is whole: continue with --resume and a smaller --learning-rate. Otherwise start again with a smaller rate, or with smaller weights of the losses.";

    /// <summary>Creates an exception without a message.</summary>
    public TrainingDivergedException()
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">At which step, and what to do.</param>
    public TrainingDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a cause.</summary>
    /// <param name="message">At which step, and what to do.</param>
    /// <param name="inner">The cause.</param>
    public TrainingDivergedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
