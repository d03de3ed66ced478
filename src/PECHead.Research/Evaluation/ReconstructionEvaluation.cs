using Microsoft.Data.Analysis;
using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>
/// Same-identity reconstruction: the first frame of a held-out clip, driven by the clip's other frames, is compared with
/// them; copying the source frame is the baseline that any model has to beat.
/// </summary>
public static class ReconstructionEvaluation
{
    /// <summary>The name of the baseline's row.</summary>
    public const string SourceCopy = TaskEvaluation.SourceCopy;

    /// <summary>Evaluates models and the baseline on the same frames.</summary>
    /// <param name="models">Models by the names of their rows, in evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the models' size, with their faces.</param>
    /// <param name="clips">Which frames.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="measurer">Measures faces for the metrics that look at them; null leaves these out.</param>
    /// <param name="networks">The literature's networks, for the metrics under their own names; null leaves these out.</param>
    /// <param name="precision">Arithmetic of the models.</param>
    /// <param name="atOnce">Clips at once; has no influence on the values but rounding.</param>
    /// <param name="conditions">What makes it harder; null: the clips as they were recorded.</param>
    /// <param name="progress">Receives the number of frames done.</param>
    /// <param name="world">The ranks that share the clips; null: this process does all.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The baseline's scores, then the models'. Of several ranks the first has those of all clips.</returns>
    public static IReadOnlyList<(string Method, TaskScores Scores)> Run(
        IReadOnlyList<(string Name, TalkingHeadModel Model)> models, FaceStore store, IReadOnlyList<DrivenClip> clips, Device device,
        FaceMeasurer? measurer = null, StandardNetworks? networks = null, Precision precision = Precision.Full, int atOnce = 8,
        EvaluationConditions? conditions = null, IProgress<int>? progress = null, World? world = null,
        CancellationToken cancellation = default)
        => new TaskEvaluation(store, device, measurer, networks, precision, atOnce, conditions, world).Run(EvaluationTask.Reconstruction, models, clips, watch: null, progress, cancellation);

    /// <summary>The scores as a table, in which the baseline is not ranked.</summary>
    /// <param name="rows">What <see cref="Run"/> returned.</param>
    /// <param name="metrics">Columns by the metrics' bare names, as papers write them; none for all.</param>
    /// <exception cref="ArgumentException">A metric that was not measured.</exception>
    public static ResultTable Table(IReadOnlyList<(string Method, TaskScores Scores)> rows, params IReadOnlyList<string> metrics)
    {
        string[] names = [.. metrics.Count == 0
            ? rows[0].Scores.Metrics.Select(metric => metric.Name)
            : metrics.SelectMany(bare => rows[0].Scores.Find(bare) is { Count: > 0 } found
                ? found.Select(metric => metric.Name)
                : throw new ArgumentException($"No metric '{bare}' was measured.", nameof(metrics)))];
        var measured = Measured(rows);
        return new ResultTable(measured, [.. names.Select(name => new ResultColumn(
            name, ResultColumn.BetterOf(rows[0].Scores.Metrics.First(metric => metric.Name == name).HigherIsBetter),
            ResultColumn.DecimalsFor(measured.Numbers(name).OfType<double>())))], SourceCopy);
    }

    /// <summary>The scores: a row a method, a column a metric, empty where too little was found to measure.</summary>
    /// <param name="rows">What <see cref="Run"/> returned.</param>
    public static DataFrame Measured(IReadOnlyList<(string Method, TaskScores Scores)> rows)
    {
        var values = rows.Select(row => row.Scores.Compute()).ToList();
        return new DataFrame(
        [
            new StringDataFrameColumn("method", rows.Select(row => row.Method)),
            .. rows[0].Scores.Metrics.Select(metric => new DoubleDataFrameColumn(metric.Name, values.Select(row => row.TryGetValue(metric.Name, out var value) ? value : (double?)null))),
        ]);
    }
}
