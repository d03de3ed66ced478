using Microsoft.Data.Analysis;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Metrics;
using PECHead.Research.Visualization;

namespace PECHead.Research.Ablation;

/// <summary>The table of an ablation: ours, mean ± deviation over seeds, and the paper's figures in columns of their own.</summary>
/// <remarks>
/// A column belongs to one name, and names carry their networks: a figure measured with another network never comes to stand
/// in the same column. The paper's figures are of other data and do not compare in size; their order does.
/// </remarks>
public static class AblationTable
{
    private static readonly string[] Formats = ["csv", "md", "html", "tex"];

    /// <summary>Builds the table.</summary>
    /// <param name="plan">Order of the rows, choice of the columns.</param>
    /// <param name="results">What is finished.</param>
    /// <param name="published">The paper's figures, of one data set.</param>
    public static ResultTable Assemble(AblationPlan plan, IReadOnlyList<AblationResult> results, IReadOnlyList<PaperFigure> published)
    {
        MeasuredMetric[] metrics = [.. results.SelectMany(result => result.Metrics).DistinctBy(metric => metric.Name).Where(metric => IsAsked(plan, metric.Name))];
        var runs = Runs(results);
        string[] figures = [.. published.Select(figure => figure.Metric).Distinct()];
        var table = new ResultTable("setting",
        [
            .. metrics.Select(metric => new ResultColumn(metric.Name, ResultColumn.BetterOf(metric.HigherIsBetter), ResultColumn.DecimalsFor(runs.Numbers(metric.Name).OfType<double>()))),
            new ResultColumn("steps", Decimals: 0), new ResultColumn("minutes", Decimals: 1),
            .. figures.Select(name => new ResultColumn(
                $"{name}, paper ({published[0].Dataset})", ResultColumn.BetterOf(published.First(figure => figure.Metric == name).HigherIsBetter),
                ResultColumn.DecimalsFor(published.Where(figure => figure.Metric == name).Select(figure => figure.Value)))),
        ])
        {
            Captions = [.. Skips(results)],
        };
        if (results.Count > 0)
        {
            table.AddReference(
                ReconstructionEvaluation.SourceCopy,
                [.. metrics.Select(metric => Value(Values(results[0].SourceCopy, metric.Name))), null, null, .. figures.Select(_ => (ResultValue?)null)]);
            table.AddRule();
        }
        foreach (var row in plan.Rows)
        {
            int[] ours = [.. runs.Texts("setting").Index().Where(run => run.Item == row.Id).Select(run => run.Index)];
            ResultValue? Ours(string column) => Value(ours.Select(run => runs.Numbers(column)[run]).OfType<double>());
            table.AddRow(
                Label(row.Id, published),
            [
                .. metrics.Select(metric => Ours(metric.Name)), Ours("steps"), Ours("minutes"),
                .. figures.Select(name => Value(published.Where(figure => figure.Metric == name && IsOf(figure, row.Id)).Select(figure => figure.Value))),
            ]);
        }
        return table;
    }

    /// <summary>What was measured: a row a finished run, the columns setting, seed, steps and minutes, then a column a metric.</summary>
    /// <param name="results">What is finished.</param>
    public static DataFrame Runs(IReadOnlyList<AblationResult> results) => new(
    [
        new StringDataFrameColumn("setting", results.Select(result => result.Setting)),
        new DoubleDataFrameColumn("seed", results.Select(result => (double)result.Seed)),
        new DoubleDataFrameColumn("steps", results.Select(result => (double)result.Steps)),
        new DoubleDataFrameColumn("minutes", results.Select(result => result.Minutes)),
        .. results.SelectMany(result => result.Metrics.Select(metric => metric.Name)).Distinct()
            .Select(name => new DoubleDataFrameColumn(name, results.Select(result => result.Metrics.FirstOrDefault(metric => metric.Name == name)?.Value))),
    ]);

    /// <summary>Writes table4.csv, .md, .html and .tex, and of every run runs.csv.</summary>
    internal static void Save(AblationPlan plan, IReadOnlyList<AblationResult> results, IReadOnlyList<PaperFigure> published, string folder)
    {
        var table = Assemble(plan, results, published);
        foreach (var format in Formats) table.Save(Path.Combine(folder, $"table4.{format}"));
        CsvTable.Write(Runs(results), Path.Combine(folder, "runs.csv"));
    }

    /// <summary>The paper's figures that the plan asks for.</summary>
    /// <exception cref="DataException">No such file, or none of the data set in it.</exception>
    internal static IReadOnlyList<PaperFigure> Published(AblationPlan plan)
        => plan.Published is { } path ? PaperTable.Of(path, plan.PublishedDataset) : [];

    /// <summary>Throws for a metric that nothing measures, before anything is trained.</summary>
    internal static void RequireMetrics(AblationPlan plan, IReadOnlyList<string> measured)
    {
        foreach (var name in plan.Metrics)
        {
            if (!measured.Any(full => Metric.IsNamed(full, name)))
                throw new DataException($"the plan asks for the metric '{name}', which is not measured", null, $"Use {string.Join(", ", measured)}.");
        }
    }

    /// <summary>Of the names of metrics those that the plan makes columns of.</summary>
    internal static IEnumerable<string> Asked(AblationPlan plan, IEnumerable<string> names) => names.Where(name => IsAsked(plan, name));

    private static IEnumerable<string> Skips(IReadOnlyList<AblationResult> results) => results.SelectMany(result => result.Metrics
        .Where(metric => metric.Skipped.Length > 0)
        .GroupBy(metric => metric.Skipped)
        .Select(group => $"{result.Setting}, seed {result.Seed}: {group.Key} by {string.Join(", ", group.Select(metric => metric.Name))}"));

    private static bool IsAsked(AblationPlan plan, string name) => plan.Metrics.Count == 0 || plan.Metrics.Any(bare => Metric.IsNamed(name, bare));

    private static bool IsOf(PaperFigure figure, string setting) => string.Equals(figure.Method, setting, StringComparison.OrdinalIgnoreCase);

    // The paper's spelling, where it has the setting.
    private static string Label(string setting, IReadOnlyList<PaperFigure> published)
        => published.FirstOrDefault(figure => IsOf(figure, setting))?.Method ?? setting;

    private static IEnumerable<double> Values(IEnumerable<MeasuredMetric> metrics, string name)
        => metrics.Where(metric => metric.Name == name && metric.Value is not null).Select(metric => metric.Value!.Value);

    private static ResultValue? Value(IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length == 0) return null;
        var mean = all.Average();
        return new ResultValue(mean, all.Length == 1 ? null : Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)));
    }

}
