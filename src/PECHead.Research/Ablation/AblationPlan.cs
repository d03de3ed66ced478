using PECHead.Research.Models;
using PECHead.Research.Recipes;

namespace PECHead.Research.Ablation;

/// <summary>What an ablation trains and measures: settings × seeds on one store, everything else equal.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Table 4, gives the settings and the metrics. <b>Choice:</b> all else, which the paper leaves open:
/// seeds, and how the budget of a setting is split in two stages.
/// </remarks>
public sealed record AblationPlan
{
    /// <summary>Name of the frame store in the folder of data.</summary>
    public string Store { get; init; } = "talking-face-128";

    /// <summary>What all settings share. Its setting, seed, steps and frames a clip are those of the plan instead.</summary>
    public ExperimentConfig Experiment { get; init; } = new();

    /// <summary>The rows of the table: ids, or a base and the axes that differ.</summary>
    public IReadOnlyList<AblationSetting> Settings { get; init; } = AblationSettings.All;

    /// <summary>Seeds of the runs of every setting; the table shows mean and deviation over them.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1];

    /// <summary>Columns, by the metrics' bare names; none for all that are measured.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Evaluate on every so many-th frame of the held-out clips, at least 1. <b>Choice:</b> 1, every frame.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// Share of the budget that a setting spends on its first stage, single frames without propagation; the
    /// rest goes to clips. In (0, 1). <b>Choice:</b> 0.6: the features must be sound before there is anything to pass on.
    /// </summary>
    public double FirstStage { get; init; } = 0.6;

    /// <summary>
    /// Learning rate of the second stage as a share of the first's, above 0. <b>Choice:</b> 0.3; with all of it the loss
    /// rose from 2.4 to 3.7 in the first forty steps of clips.
    /// </summary>
    public double SecondStageRate { get; init; } = 0.3;

    /// <summary>T of the second stage, at least 2. <b>Choice:</b> 4.</summary>
    public int FramesPerClip { get; init; } = 4;

    /// <summary>Rows of the figure of samples, one a held-out pair.</summary>
    public int Samples { get; init; } = 4;

    /// <summary>Published figures (experiments/paper-tables/*.csv), from the folder of the plan; none for no such columns.</summary>
    public string? Published { get; init; }

    /// <summary>Data set of the published figures that are shown.</summary>
    public string PublishedDataset { get; init; } = "";

    /// <summary>Checks the values and every experiment that follows from them.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or the same setting or seed twice.</exception>
    public void Validate()
    {
        if (Settings.Count == 0) throw new ArgumentException("An ablation needs at least one setting.");
        if (Seeds.Count == 0) throw new ArgumentException("An ablation needs at least one seed.");
        if (Settings.GroupBy(setting => setting.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The setting '{twice.Key}' is there twice: give one of them another id.");
        if (Seeds.Distinct().Count() != Seeds.Count) throw new ArgumentException("A seed is there twice.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Stride, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FramesPerClip, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Samples, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SecondStageRate);
        if (FirstStage is not (> 0 and < 1)) throw new ArgumentException($"The share of the first stage must lie between 0 and 1, not {FirstStage}.");
        foreach (var stage in Settings.SelectMany(setting => AblationStage.Of(this, setting, AblationBudget.OfSteps(2))))
            stage.Experiment(this, Seeds[0]).Validate();
    }

    /// <summary>The plan with some of its settings only.</summary>
    /// <param name="ids">Ids of the plan's settings; other settings of the paper may be named too.</param>
    /// <exception cref="ArgumentException">No such setting.</exception>
    public AblationPlan Only(IReadOnlyList<string> ids)
    {
        AblationSetting Find(string id)
        {
            var known = Settings.Concat(AblationSettings.All).DistinctBy(setting => setting.Id).ToList();
            return known.Find(setting => string.Equals(setting.Id, id, StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentException($"No setting '{id}': use {string.Join(", ", known.Select(setting => setting.Id))}.", nameof(ids));
        }
        return this with { Settings = [.. ids.Select(Find)] };
    }
}
