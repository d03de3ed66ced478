using Microsoft.Data.Analysis;
using PECHead.Research.Catalog;
using PECHead.Research.Metrics;
using PECHead.Research.Visualization;

namespace PECHead.Research.Evaluation;

/// <summary>One of the paper's tables with our numbers, and the paper's in columns of their own.</summary>
/// <remarks>
/// A column has one name and so one network: a figure measured with another network never comes to stand in it. Rows of the paper's
/// methods are there for comparison and are not ranked; a setting of the ablation has its own figures beside it.
/// </remarks>
internal static class ProtocolTable
{
    /// <summary>Builds the table.</summary>
    /// <param name="protocol">Which one.</param>
    /// <param name="tasks">What was measured.</param>
    /// <param name="published">The paper's figures, of one data set; possibly none.</param>
    /// <param name="captions">Lines below.</param>
    public static ResultTable Assemble(EvaluationProtocol protocol, IReadOnlyList<TaskResult> tasks, IReadOnlyList<PaperFigure> published, IReadOnlyList<string> captions)
    {
        var columns = protocol.Columns.SelectMany(column => Ours(protocol, tasks.Single(task => task.Task == column.Task), column.Metric)).ToList();
        string[] figures = [.. published.Select(figure => figure.Metric).Distinct()];
        string[] methods = [.. tasks[0].Rows.Select(row => row.Method)];
        // The paper's other methods have rows of their own; a setting of the ablation has its own figures beside it.
        string[] others = [.. published.Select(figure => figure.Method).Distinct().Where(name => !methods.Any(method => IsOf(name, method)))];
        var frame = new DataFrame(
        [
            new StringDataFrameColumn("method", [.. methods, .. others.Select(Printed)]),
            .. columns.Select(column => Filled(column.Header.Name, column.Values)),
            Filled("frames", methods.Select(_ => (double?)tasks.Sum(task => task.Frames))),
            Filled("skipped", methods.Select((_, row) => (double?)tasks.Sum(task => SkippedFrames(task.Rows[row].Scores)))),
            .. figures.Select(name => new DoubleDataFrameColumn(InPaper(name), methods.Concat(others).Select(method => PaperTable.Value(published.Where(figure => IsOf(figure.Method, method)), name)?.Mean))),
        ]);
        return new ResultTable(
            frame,
            [
                .. columns.Select(column => column.Header), new ResultColumn("frames", Decimals: 0), new ResultColumn("skipped", Decimals: 0),
                .. figures.Select(name => PaperTable.Column(InPaper(name), [.. published.Where(figure => figure.Metric == name)])),
            ],
            [methods[0], .. others.Select(Printed)])
        {
            Title = protocol.Title,
            Captions = captions,
        };

        string InPaper(string name) => $"{name}, paper ({published[0].Dataset})";
        // What was measured here is empty in the rows of the paper's methods.
        DoubleDataFrameColumn Filled(string name, IEnumerable<double?> values) => new(name, values.Concat(others.Select(_ => (double?)null)));
    }

    /// <summary>Which frames were left out, and why, a line for every different answer.</summary>
    public static IEnumerable<string> Skips(IReadOnlyList<TaskResult> tasks)
    {
        var lines = tasks.SelectMany(task => task.Rows.SelectMany(row => row.Scores.Metrics
            .Where(metric => metric.Skipped.Total > 0)
            .GroupBy(metric => metric.Skipped.ToString())
            .Select(group => $"{row.Method}, {EvaluationProtocol.Describe(task.Task)}: {group.Key} by {string.Join(", ", group.Select(metric => metric.Name))}"))).ToList();
        return lines.Count > 0 ? lines : ["No frame was skipped: a face was found in all of them."];
    }

    private static string Printed(string method) => $"{method}, paper";

    private static bool IsOf(string printed, string method)
        => string.Equals(printed, ModelCatalog.All.FirstOrDefault(entry => entry.Id == method)?.Printed ?? method, StringComparison.OrdinalIgnoreCase);

    // Metrics over windows skip windows; frames are what a metric of single frames skips.
    private static long SkippedFrames(TaskScores scores) => scores.Metrics.OfType<FaceMetric>().Select(metric => metric.Skipped.Total).DefaultIfEmpty().Max();

    // A metric that was measured with several networks has a column for each.
    private static IEnumerable<Column> Ours(EvaluationProtocol protocol, TaskResult task, string bare)
    {
        foreach (var (index, first) in task.Rows[0].Scores.Find(bare).Index())
        {
            double?[] values = [.. task.Rows.Select(row => row.Scores.Find(bare)[index]).Select(metric => metric.HasValue ? metric.Compute() : (double?)null)];
            // Where a table has several tasks, its columns say which.
            var name = protocol.Tasks.Count() > 1 ? $"{first.Name}, {EvaluationProtocol.Describe(task.Task)}" : first.Name;
            yield return new Column(new ResultColumn(name, ResultColumn.BetterOf(first.HigherIsBetter), ResultColumn.DecimalsFor(values.OfType<double>())), values);
        }
    }

    private sealed record Column(ResultColumn Header, double?[] Values);
}
