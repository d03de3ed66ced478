using PECHead.Research.Augmentation;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Evaluation;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Runs;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Ablation;

/// <summary>
/// Trains and evaluates the rows of a plan under an equal budget. Its whole state lies in the folders of its runs: killed
/// at any point and started again, it goes on where it was, and finished runs are not done again.
/// </summary>
public sealed class AblationStudy
{
    private readonly AblationPlan _plan;
    private readonly FaceStore _store;
    private readonly Device _device;
    private readonly FaceMeasurer? _measurer;
    private readonly StandardNetworks? _networks;
    private readonly PyramidPerceptualLoss _perceptual;
    private readonly IFlowEstimator _flow;
    private readonly IReadOnlyList<AblationRun> _runs;
    private readonly IReadOnlyList<string> _measured;

    /// <summary>Prepares; trains nothing yet.</summary>
    /// <param name="plan">What to train and to measure.</param>
    /// <param name="budget">Of every run.</param>
    /// <param name="store">Prepared frames and faces of the plan's size.</param>
    /// <param name="folder">Where runs and tables go.</param>
    /// <param name="perceptual">The perceptual term.</param>
    /// <param name="flow">Flow between the source frames of a clip.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="measurer">Measures faces for the metrics that look at them; null leaves these out.</param>
    /// <param name="networks">The literature's networks, for the metrics under their own names; null leaves these out.</param>
    /// <exception cref="ArgumentException">The plan does not hold together.</exception>
    /// <exception cref="DataException">The plan asks for a metric that is not measured, or for published figures that are not there.</exception>
    public AblationStudy(
        AblationPlan plan, AblationBudget budget, FaceStore store, string folder, PyramidPerceptualLoss perceptual, IFlowEstimator flow,
        Device device, FaceMeasurer? measurer = null, StandardNetworks? networks = null)
    {
        plan.Validate();
        (_plan, _store, Folder, _perceptual, _flow, _device, _measurer, _networks) = (plan, store, folder, perceptual, flow, device, measurer, networks);
        // Seeds outermost: the first table with all its rows is there after a third of the time, for three seeds.
        _runs = [.. plan.Seeds.SelectMany(seed => plan.Rows.Select(row => new AblationRun(plan, budget, row, seed, store, folder)))];
        _measured = [.. new TaskScores(EvaluationTask.Reconstruction, store.Frames.Size, measurer is not null, networks).Metrics.Select(metric => metric.Name)];
        AblationTable.RequireMetrics(plan, _measured);
        Published = AblationTable.Published(plan);
    }

    /// <summary>Where runs and tables go.</summary>
    public string Folder { get; }

    /// <summary>Still pictures on the device, where the plan makes pairs of them; they stay the caller's.</summary>
    public Portraits? Portraits { get; init; }

    /// <summary>See faces in generated frames, where a row of the plan asks them; they stay the caller's.</summary>
    public FaceNetworks? FaceNetworks { get; init; }

    /// <summary>The ranks that train and evaluate every run together. The first writes the folder.</summary>
    public World World { get; init; } = World.Alone;

    /// <summary>The paper's figures that stand beside ours.</summary>
    public IReadOnlyList<PaperFigure> Published { get; }

    /// <summary>Trains and evaluates what is not finished, and writes the tables, the curves of the loss and the samples.</summary>
    /// <param name="progress">Receives every step.</param>
    /// <param name="cancellation">Stops with a checkpoint.</param>
    /// <returns>The results, in the order of the plan; none in another rank than the first.</returns>
    /// <exception cref="DataException">A run in the folder is of another plan.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public IReadOnlyList<AblationResult> Run(IProgress<AblationProgress>? progress = null, CancellationToken cancellation = default)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        var results = new List<AblationResult>();
        foreach (var run in _runs)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new AblationProgress(run.Name, results.Count, _runs.Count, null));
            var result = World.IsFirst ? run.Result(_measured) : null;
            if (!World.Any(result is not null))
            {
                result = Finish(run, results.Count, progress, cancellation);
                if (result is not null) AblationTable.Save(_plan, [.. results, result], Published, Folder);
            }
            if (result is not null) results.Add(result);
        }
        if (World.IsFirst) Publish(results, _runs);
        return results;
    }

    /// <summary>Makes the tables, the curves and the samples of what is finished, and trains nothing: the end of an ablation whose runs were jobs of their own.</summary>
    /// <returns>The results, in the order of the plan, and the names of the runs that are not finished.</returns>
    /// <exception cref="DataException">No run is finished, or one in the folder is of another plan.</exception>
    public (IReadOnlyList<AblationResult> Results, IReadOnlyList<string> Unfinished) Collect()
    {
        var finished = _runs.Select(run => (Run: run, Result: run.Result(_measured))).Where(one => one.Result is not null).ToList();
        if (finished.Count == 0) throw new DataException("no run of this plan and budget is finished", Folder, "Give the budget of the runs (--steps or --minutes), and run the command without --collect first.");
        var results = finished.Select(one => one.Result!).ToList();
        Publish(results, finished.Select(one => one.Run));
        return (results, [.. _runs.Except(finished.Select(one => one.Run)).Select(run => run.Name)]);
    }

    private void Publish(IReadOnlyList<AblationResult> results, IEnumerable<AblationRun> finished)
    {
        AblationTable.Save(_plan, results, Published, Folder);
        // One run of every row.
        var first = finished.DistinctBy(run => run.Row).ToList();
        var curves = AblationCurves.Draw(first.Select(run => (run.Row, run.Logs)));
        foreach (var format in new[] { "svg", "html" }) curves.Save(Path.Combine(Folder, $"curves.{format}"));
        AblationSamples.Draw([.. first.Select(run => (run.Row, run.Final.Checkpoint))], _store, _plan.Samples, _device).Save(Path.Combine(Folder, "samples.png"));
    }

    // Null in another rank than the first.
    private AblationResult? Finish(AblationRun run, int done, IProgress<AblationProgress>? progress, CancellationToken cancellation)
    {
        string? initial = null;
        foreach (var stage in run.Stages)
        {
            if (World.Any(World.IsFirst && !run.IsTrained(stage)))
            {
                Train(run, stage, initial, new StepReport(step => progress?.Report(new AblationProgress($"{stage.Name}, seed {run.Seed}", done, _runs.Count, step))), cancellation);
                if (World.IsFirst) run.SetTrained(stage);
                // The others begin the next stage with what the first has written.
                World.Barrier();
            }
            initial = run.FolderOf(stage).Checkpoint;
        }
        progress?.Report(new AblationProgress($"{run.Name}, evaluation", done, _runs.Count, null));
        var result = Evaluate(run, cancellation);
        result?.Write(run.Evaluation);
        return result;
    }

    private void Train(AblationRun run, AblationStage stage, string? initial, StepReport progress, CancellationToken cancellation)
    {
        // Only steps that a checkpoint holds count: what a kill lost is trained again, so that budgets stay equal.
        var spent = World.FromFirst(World.IsFirst ? run.Progress(stage).Seconds : 0) / 60;
        var left = stage.Budget.Minutes - spent;
        if (left <= 0) return;
        var trainer = new Trainer(_store, run.FolderOf(stage), _perceptual, _flow, _device) { Portraits = Portraits, Networks = FaceNetworks, World = World };
        var outcome = trainer.Run(run.Experiment(stage), left, initial, progress, cancellation);
        if (outcome == TrainingOutcome.Stopped) throw new OperationCanceledException(cancellation);
    }

    // Null in another rank than the first.
    private AblationResult? Evaluate(AblationRun run, CancellationToken cancellation)
    {
        using var model = RunCheckpoint.LoadModel(run.Final.Checkpoint, _device);
        var clips = DrivenClip.Of(_store.Index, stride: _plan.Stride);
        var rows = ReconstructionEvaluation.Run([(run.Row, model)], _store, clips, _device, _measurer, _networks, world: World, cancellation: cancellation);
        if (!World.IsFirst) return null;
        var spent = run.Stages.Select(run.Progress).ToList();
        return new AblationResult(
            run.Row, run.Seed, spent.Sum(stage => stage.Step), spent.Sum(stage => stage.Seconds) / 60,
            MeasuredMetric.Of(rows[1].Scores), MeasuredMetric.Of(rows[0].Scores), run.ResultTerms());
    }
}
