namespace PECHead.Research.Ablation;

/// <summary>What every run of an ablation may spend on training, all its stages together.</summary>
public sealed record AblationBudget
{
    private AblationBudget()
    {
    }

    /// <summary>Optimizer steps, each on the same number of frames; 0 where minutes bound the run.</summary>
    public int Steps { get; private init; }

    /// <summary>Minutes of training on the machine at hand; null where steps bound the run.</summary>
    public double? Minutes { get; private init; }

    /// <summary>Equal numbers of steps.</summary>
    /// <param name="steps">At least 2.</param>
    public static AblationBudget OfSteps(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        return new AblationBudget { Steps = steps };
    }

    /// <summary>Equal times.</summary>
    /// <param name="minutes">Above 0.</param>
    public static AblationBudget OfMinutes(double minutes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minutes);
        return new AblationBudget { Minutes = minutes };
    }

    /// <summary>Splits the budget in two that add up to it.</summary>
    /// <param name="share">Of the first, in (0, 1).</param>
    internal (AblationBudget First, AblationBudget Second) Split(double share)
    {
        if (Minutes is { } minutes) return (OfMinutes(share * minutes), OfMinutes((1 - share) * minutes));
        var first = Math.Clamp((int)Math.Round(share * Steps), 1, Steps - 1);
        return (new AblationBudget { Steps = first }, new AblationBudget { Steps = Steps - first });
    }
}
