using PECHead.Research.Models;
using PECHead.Research.Recipes;

namespace PECHead.Research.Ablation;

/// <summary>One stage in the training of a row.</summary>
/// <param name="Name">Names its folder; stages of one name are one and the same.</param>
/// <param name="Setting">What is trained; in the first stage, the setting without propagation. Null for a baseline, whose id is the name.</param>
/// <param name="FramesPerClip">T.</param>
/// <param name="Budget">What the stage may spend.</param>
/// <remarks>
/// <b>Paper:</b> none of it. <b>Choice:</b> all settings train in the same two stages, single frames without propagation, then clips from
/// the first stage's weights; the learning rate runs through its schedule in each, a lower one in the second. So settings that
/// differ in propagation alone share their first stage, and see the same frames in the second.
/// </remarks>
internal sealed record AblationStage(string Name, AblationSetting? Setting, int FramesPerClip, AblationBudget Budget)
{
    /// <summary>The stages of a row, in order; a baseline has one.</summary>
    public static IReadOnlyList<AblationStage> Of(AblationPlan plan, AblationRow row, AblationBudget budget)
    {
        if (row.Setting is not { } setting) return [new AblationStage(row.Id, null, 1, budget)];
        var (first, second) = budget.Split(plan.FirstStage);
        var frames = setting with { Propagation = PropagationKind.None };
        frames = plan.Settings.Concat(AblationSettings.All).FirstOrDefault(other => other == frames with { Id = other.Id }, frames);
        return [new AblationStage($"{frames.Id}-frames", frames, 1, first), new AblationStage(setting.Id, setting, plan.FramesPerClip, second)];
    }

    /// <summary>The experiment of the stage.</summary>
    public ExperimentConfig Experiment(AblationPlan plan, long seed)
    {
        var training = plan.Experiment.Training with { Steps = Budget.Steps, FramesPerClip = FramesPerClip, Seed = seed };
        // The second stage starts from what the first has learned, with fewer frames at a time.
        if (FramesPerClip > 1) training = training with { LearningRate = training.LearningRate * plan.SecondStageRate, FrozenStatistics = true };
        if (Setting is null) return BaselineRecipes.Named(Name).Apply(plan.Experiment with { Training = training });
        return plan.Experiment with { Setting = Setting, Training = training, Clips = FramesPerClip > 1 ? plan.Experiment.Clips : null };
    }
}
