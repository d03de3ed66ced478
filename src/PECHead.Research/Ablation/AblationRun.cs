using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;

namespace PECHead.Research.Ablation;

/// <summary>A row with a seed: where its files lie, and how far it is. Everything it knows is in its folders.</summary>
internal sealed class AblationRun
{
    private readonly AblationPlan _plan;
    private readonly AblationBudget _budget;
    private readonly string _folder;
    private readonly string _frames;
    private readonly int _expressionSize;

    public AblationRun(AblationPlan plan, AblationBudget budget, AblationRow row, long seed, FaceStore store, string folder)
    {
        (_plan, _budget, Row, Seed, _folder) = (plan, budget, row.Id, seed, folder);
        (_frames, _expressionSize) = (store.Index.Fingerprint, store.Reconstructor.ExpressionSize);
        Stages = AblationStage.Of(plan, row, budget);
    }

    /// <summary>Id of the row.</summary>
    public string Row { get; }

    public long Seed { get; }

    public IReadOnlyList<AblationStage> Stages { get; }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Row}-seed{Seed}");

    /// <summary>Where the finished model lies.</summary>
    public RunFolder Final => FolderOf(Stages[^1]);

    /// <summary>The logs of the stages, in order.</summary>
    public IReadOnlyList<string> Logs => [.. Stages.Select(stage => FolderOf(stage).Log)];

    /// <summary>Written last: a run that has it is finished.</summary>
    public string Evaluation => Final.In("evaluation.json");

    public RunFolder FolderOf(AblationStage stage) => new(Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{stage.Name}-seed{Seed}")));

    public ExperimentConfig Experiment(AblationStage stage) => stage.Experiment(_plan, Seed) with { ExpressionSize = _expressionSize };

    /// <summary>What a result or a stage holds for.</summary>
    public string Terms(AblationStage stage) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ExperimentConfigFile.Format(Experiment(stage))}budget: {(_budget.Minutes is { } minutes ? $"{minutes:R} minutes" : $"{_budget.Steps} steps")}, first stage {_plan.FirstStage:R}\nframes: {_frames}\n");

    /// <summary>The result, if the run is finished; one that lacks a column of the table is measured again, and nothing trained again.</summary>
    /// <param name="measured">Names of all that can be measured now.</param>
    /// <exception cref="DataException">The result is of another plan.</exception>
    public AblationResult? Result(IReadOnlyList<string> measured)
    {
        if (!File.Exists(Evaluation)) return null;
        var result = AblationResult.Read(Evaluation);
        if (result.Terms != ResultTerms()) throw Other(Final);
        return AblationTable.Asked(_plan, measured).All(name => result.Metrics.Any(metric => metric.Name == name)) ? result : null;
    }

    public string ResultTerms() => string.Create(CultureInfo.InvariantCulture, $"{Terms(Stages[^1])}stride: {_plan.Stride}\n");

    /// <summary>Whether a stage spent its budget.</summary>
    public bool IsTrained(AblationStage stage)
    {
        if (!File.Exists(Mark(stage))) return false;
        return File.ReadAllText(Mark(stage)) == Terms(stage) ? true : throw Other(FolderOf(stage));
    }

    public void SetTrained(AblationStage stage) => ReplacedFile.WriteText(Mark(stage), Terms(stage));

    /// <summary>How far a stage is.</summary>
    /// <exception cref="DataException">There is a run of another experiment in its folder.</exception>
    public RunProgress Progress(AblationStage stage)
    {
        var folder = FolderOf(stage);
        if (!folder.HasCheckpoint) return new RunProgress(0, 0, 0);
        var (config, progress) = RunCheckpoint.ReadHeader(folder.Checkpoint);
        return ExperimentConfigFile.Format(config) == ExperimentConfigFile.Format(Experiment(stage)) ? progress : throw Other(folder);
    }

    private string Mark(AblationStage stage) => FolderOf(stage).In("trained.txt");

    private static DataException Other(RunFolder folder)
        => new("the run is of another plan, budget or data", folder.Path, "Name another folder with --out, or delete this one.");
}
