using PECHead.Research.Data;
using PECHead.Research.Metrics;
using PECHead.Research.Visualization;

namespace PECHead.Research.Evaluation;

/// <summary>What a protocol measured: the table, and figures to look at.</summary>
public sealed class ProtocolReport
{
    private static readonly string[] TableFormats = ["md", "tex", "csv"];

    private readonly IReadOnlyList<TaskResult> _tasks;
    private readonly FrameStoreIndex _index;

    internal ProtocolReport(EvaluationProtocol protocol, IReadOnlyList<TaskResult> tasks, FrameStoreIndex index, IReadOnlyList<string> leftOut)
        => (Protocol, _tasks, _index, LeftOut) = (protocol, tasks, index, leftOut);

    /// <summary>Which table it is.</summary>
    public EvaluationProtocol Protocol { get; }

    /// <summary>Names of the models that have no row, since they cannot be edited.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Methods and their scores, task by task; the baseline comes first.</summary>
    public IReadOnlyList<(EvaluationTask Task, IReadOnlyList<(string Method, TaskScores Scores)> Rows)> Scores => [.. _tasks.Select(task => (task.Task, task.Rows))];

    /// <summary>The table.</summary>
    /// <param name="published">The paper's figures, of one data set; none for no such columns.</param>
    /// <param name="notes">Further lines below it, such as how long the models were trained.</param>
    public ResultTable Table(IReadOnlyList<PaperFigure> published, params IReadOnlyList<string> notes)
        => ProtocolTable.Assemble(Protocol, _tasks, published, [.. Captions(published), .. notes]);

    /// <summary>
    /// Writes table.md, table.tex, table.csv, the figures as SVG, the numbers of the curves as CSV, and index.html, which holds the
    /// table and the figures, says the numbers under the pointer and needs nothing beside it.
    /// </summary>
    /// <param name="folder">Made where it is not there.</param>
    /// <param name="table">As <see cref="Table"/> made it.</param>
    /// <exception cref="DataException">The folder cannot be written.</exception>
    public void Write(string folder, ResultTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        foreach (var format in TableFormats) table.Save(Path.Combine(folder, $"table.{format}"));
        var figures = Figures(table).ToList();
        foreach (var (name, figure) in figures) figure.Save(Path.Combine(folder, $"{name}.svg"));
        foreach (var task in _tasks) CsvTable.Write(task.Watch.Errors(), Path.Combine(folder, $"over-time{SuffixOf(task)}.csv"));
        var swipes = _tasks.Select(task => task.Watch.Swipe()).OfType<SwipeComparison>();
        var body = string.Join("<hr>\n", figures.Select(figure => figure.Figure).Concat(swipes).Select(figure => figure.ToHtml()).Prepend(table.ToHtml()));
        ReplacedFile.WriteText(Path.Combine(folder, "index.html"), HtmlPage.Wrap(Protocol.Title, body));
    }

    private IEnumerable<(string Name, Figure Figure)> Figures(ResultTable table)
    {
        // The paper's numbers are of other data and have no bars beside ours.
        string[] ours = [.. table.Columns.TakeWhile(column => column.Name != "frames").Select(column => column.Name)];
        if (table.Rows.Any(row => !row.IsReference)) yield return ("bars", new MetricBars(table, ours) { Title = Protocol.Title });
        foreach (var task in _tasks)
        {
            var suffix = SuffixOf(task);
            yield return ($"samples{suffix}", task.Watch.Samples());
            if (task.Watch.OverTime() is { } curve) yield return ($"over-time{suffix}", curve);
            if (task.Watch.Worst() is { } worst) yield return ($"worst{suffix}", worst);
        }
    }

    private string SuffixOf(TaskResult task) => _tasks.Count > 1 ? $"-{EvaluationProtocol.Describe(task.Task).Replace(' ', '-')}" : "";

    private IEnumerable<string> Captions(IReadOnlyList<PaperFigure> published)
    {
        foreach (var task in _tasks)
            yield return $"{EvaluationProtocol.Describe(task.Task)}: {task.Frames} held-out frames of {_index.Dataset} at {_index.Size} px, pairs of seed {task.Seed}";
        foreach (var task in _tasks)
            if (task.Damage is { } damage) yield return $"{EvaluationProtocol.Describe(task.Task)}: {damage}";
        if (LeftOut.Count > 0) yield return $"Without a row, since they look at frames alone and cannot be edited: {string.Join(", ", LeftOut)}.";
        if (Protocol == EvaluationProtocol.UnseenPeople)
            foreach (var line in AgainstCopy()) yield return line;
        foreach (var line in ProtocolTable.Skips(_tasks)) yield return line;
        if (_tasks.Any(task => task.Rows[0].Scores.Metrics.Any(metric => metric is FaceMetric { Network.IsStandard: false })))
            yield return "The names [mesh] and [faceres] are of embedded networks, docs/metrics.md: such a column compares within this table only.";
        foreach (var metric in _tasks.SelectMany(task => task.Rows[0].Scores.Metrics.OfType<FrechetMetric>()).DistinctBy(metric => metric.Name))
        {
            if (metric.HasValue && metric.Count <= metric.Dimensions)
                yield return $"{metric.Name}: {metric.Count} samples of {metric.Dimensions} dimensions, singular and biased upwards: it compares at this number only.";
        }
        if (published.Count > 0)
        {
            yield return $"The paper's figures are those printed for {published[0].Dataset}; they were measured on other data with other networks and were not reproduced here.";
            foreach (var figure in published.Where(figure => figure.Note.Length > 0))
                yield return $"{figure.Method}, {figure.Metric}, paper: {figure.Note}";
        }
    }

    // A copy of the source is what a model of strangers has to beat.
    private IEnumerable<string> AgainstCopy()
    {
        var rows = _tasks.First(task => task.Task == EvaluationTask.Reconstruction).Rows;
        double Of(int row, string bare) => rows[row].Scores.Find(bare) is [{ HasValue: true } metric, ..] ? metric.Compute() : double.NaN;
        for (var row = 1; row < rows.Count; row++)
        {
            yield return FormattableString.Invariant(
                $"{rows[row].Method} against the copy of the source: L1 {Of(row, "L1") / Of(0, "L1"):0.00} times, PSNR {Of(row, "PSNR") - Of(0, "PSNR"):+0.0;-0.0} dB, AKD {Of(row, "AKD") / Of(0, "AKD"):0.00} times.");
        }
    }
}
