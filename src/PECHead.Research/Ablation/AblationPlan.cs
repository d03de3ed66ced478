using PECHead.Research.Models;
using PECHead.Research.Recipes;

namespace PECHead.Research.Ablation;

/// <summary>What an ablation trains and measures: settings and other models × seeds on one store, everything else equal.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Table 4, gives the settings and the metrics. <b>Choice:</b> all else, which the paper leaves open:
/// seeds, and how the budget of a setting is split in two stages.
/// </remarks>
public sealed record AblationPlan
{
    /// <summary>Name of the frame store in the folder of data.</summary>
    public string Store { get; init; } = "talking-face-128";

    /// <summary>
    /// What all rows share. Its setting, seed, steps and frames a clip are those of the plan instead. A baseline takes size, data, arithmetic, batch
    /// and learning rate of it, and brings its own Adam and terms; its adversarial terms are left out where the adversarial term here has no weight.
    /// </summary>
    public ExperimentConfig Experiment { get; init; } = new();

    /// <summary>The first rows of the table, PECHead: ids, or a base and the axes that differ.</summary>
    public IReadOnlyList<AblationSetting> Settings { get; init; } = AblationSettings.All;

    /// <summary>Further rows: ids of <see cref="BaselineRecipes"/>.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Seeds of the runs of every setting; the table shows mean and deviation over them.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1];

    /// <summary>Columns, by the metrics' bare names; none for all that are measured.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Evaluate on every so many-th frame of the held-out clips, at least 1. <b>Choice:</b> 1, every frame.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// Share of the budget that a setting spends on its first stage, single frames without propagation; the
    /// rest goes to clips. A baseline has one stage. In (0, 1). <b>Choice:</b> 0.6: the features must be sound before there is anything to pass on.
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

    /// <summary>The rows of the table: settings, then other models.</summary>
    internal IReadOnlyList<AblationRow> Rows => [.. Settings.Select(setting => new AblationRow(setting.Id, setting)), .. Models.Select(id => new AblationRow(id, null))];

    /// <summary>Whether a row asks the face networks what they see in generated frames.</summary>
    public bool AsksFaceNetworks() => Rows.SelectMany(row => AblationStage.Of(this, row, AblationBudget.OfSteps(2))).Any(stage => stage.Experiment(this, 1).AsksFaceNetworks());

    /// <summary>Checks the values and every experiment that follows from them.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or the same setting or seed twice.</exception>
    public void Validate()
    {
        if (Rows.Count == 0) throw new ArgumentException("An ablation needs at least one setting or model.");
        if (Seeds.Count == 0) throw new ArgumentException("An ablation needs at least one seed.");
        if (Rows.GroupBy(row => row.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The row '{twice.Key}' is there twice: give a setting another id.");
        if (Seeds.Distinct().Count() != Seeds.Count) throw new ArgumentException("A seed is there twice.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Stride, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FramesPerClip, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Samples, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SecondStageRate);
        if (FirstStage is not (> 0 and < 1)) throw new ArgumentException($"The share of the first stage must lie between 0 and 1, not {FirstStage}.");
        foreach (var stage in Rows.SelectMany(row => AblationStage.Of(this, row, AblationBudget.OfSteps(2))))
            stage.Experiment(this, Seeds[0]).Validate();
    }

    /// <summary>The plan with some of its rows only.</summary>
    /// <param name="ids">Ids of the plan's rows; other settings of the paper and other baselines may be named too.</param>
    /// <exception cref="ArgumentException">No such row.</exception>
    public AblationPlan Only(IReadOnlyList<string> ids)
    {
        AblationRow[] known = [.. Rows.Concat((this with { Settings = AblationSettings.All, Models = [.. BaselineRecipes.All.Select(recipe => recipe.Id)] }).Rows).DistinctBy(row => row.Id)];
        AblationRow[] found =
        [
            .. ids.Select(id => Array.Find(known, row => string.Equals(row.Id, id, StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentException($"No setting or model '{id}': use {string.Join(", ", known.Select(row => row.Id))}.", nameof(ids))),
        ];
        return this with { Settings = [.. found.Select(row => row.Setting).OfType<AblationSetting>()], Models = [.. found.Where(row => row.Setting is null).Select(row => row.Id)] };
    }
}
