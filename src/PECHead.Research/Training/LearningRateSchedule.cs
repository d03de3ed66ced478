namespace PECHead.Research.Training;

/// <summary>The learning rate as a function of the step: linear warm-up, then a cosine.</summary>
/// <remarks>Being a function, it needs no state in a checkpoint.</remarks>
/// <param name="Peak">Learning rate after the warm-up.</param>
/// <param name="WarmupSteps">Steps from 0 to the peak.</param>
/// <param name="TotalSteps">Steps of the run, at least 1.</param>
/// <param name="FinalFraction">Fraction of the peak at the last step, 0 to 1.</param>
public sealed record LearningRateSchedule(double Peak, int WarmupSteps, int TotalSteps, double FinalFraction)
{
    /// <summary>What a milestone leaves of the rate: a tenth, unless it says otherwise.</summary>
    public double MilestoneFactor { get; init; } = 0.1;

    /// <summary>Shares of the run after each of which the rate is a fraction of what it would be.</summary>
    public IReadOnlyList<double> Milestones { get; init; } = [];

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">From 0.</param>
    public double At(int step)
    {
        if (step < WarmupSteps) return Peak * (step + 1) / WarmupSteps;
        var progress = Math.Clamp((double)(step - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps), 0, 1);
        return Peak * Math.Pow(MilestoneFactor, Milestones.Count(share => step >= share * TotalSteps)) * (FinalFraction + ((1 - FinalFraction) * (1 + Math.Cos(Math.PI * progress)) / 2));
    }
}
