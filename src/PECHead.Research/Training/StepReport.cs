namespace PECHead.Research.Training;

/// <summary>Hands every step to a function at once, on the thread that trains: a curve in a notebook grows while its cell runs.</summary>
/// <param name="report">Receives the steps.</param>
/// <remarks><see cref="Progress{T}"/> would queue them behind the training.</remarks>
public sealed class StepReport(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    /// <inheritdoc/>
    public void Report(TrainingProgress value) => report(value);
}
