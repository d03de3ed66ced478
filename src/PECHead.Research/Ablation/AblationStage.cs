using PECHead.Research.Models;
using PECHead.Research.Training;

namespace PECHead.Research.Ablation;

/// <summary>One stage in the training of a setting.</summary>
/// <param name="Setting">What is trained; in a first stage, the setting without propagation.</param>
/// <param name="FramesPerClip">T.</param>
/// <param name="Budget">What the stage may spend.</param>
/// <remarks>
/// <b>Choice:</b> settings with propagation train in two stages, single frames and then clips from the first stage's weights;
/// the learning rate runs through its schedule in each, a lower one in the second. Together they spend what other settings spend in one.
/// </remarks>
internal sealed record AblationStage(AblationSetting Setting, int FramesPerClip, AblationBudget Budget)
{
    /// <summary>The stages of a setting, in order.</summary>
    public static IReadOnlyList<AblationStage> Of(AblationPlan plan, AblationSetting setting, AblationBudget budget)
    {
        if (setting.Propagation == PropagationKind.None) return [new AblationStage(setting, 1, budget)];
        var (first, second) = budget.Split(plan.FirstStage);
        var frames = setting with { Id = $"{setting.Id}-frames", Propagation = PropagationKind.None };
        return [new AblationStage(frames, 1, first), new AblationStage(setting, plan.FramesPerClip, second)];
    }

    /// <summary>The experiment of the stage.</summary>
    public ExperimentConfig Experiment(AblationPlan plan, long seed)
    {
        var training = plan.Experiment.Training with { Steps = Budget.Steps, FramesPerClip = FramesPerClip, Seed = seed };
        // The second stage starts from what the first has learned, with fewer frames at a time.
        if (FramesPerClip > 1) training = training with { LearningRate = training.LearningRate * plan.SecondStageRate, FrozenStatistics = true };
        return plan.Experiment with { Setting = Setting, Training = training };
    }
}
