using System.Text.Json;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Metrics;
using Spectre.Console;

namespace PECHead.Experiments.Terminal;

/// <summary>A table of methods and metrics on the screen, with the best of each column marked, and as JSON.</summary>
internal static class ScoreTable
{
    private const int Unbounded = 400;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Print(IReadOnlyList<(string Method, TaskScores Scores)> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("method");
        var metrics = rows[0].Scores.Metrics;
        foreach (var metric in metrics) table.AddColumn(new TableColumn(Markup.Escape($"{metric.Name} {(metric.HigherIsBetter ? '↑' : '↓')}")).RightAligned());
        foreach (var (method, scores) in rows)
        {
            table.AddRow([Markup.Escape(method), .. scores.Metrics.Select((metric, column) => Cell(metric, rows.Select(row => row.Scores.Metrics[column])))]);
        }
        // A file or a pipe has no width: the table takes what it needs.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = Unbounded;
        AnsiConsole.Write(table);
        foreach (var (method, scores) in rows)
        {
            foreach (var metric in scores.Metrics.Where(metric => metric.Skipped.Total > 0))
                Console.WriteLine($"{method}, {metric.Name}: {metric.Skipped}");
        }
    }

    public static void WriteJson(string path, IReadOnlyList<(string Method, TaskScores Scores)> rows)
        => ReplacedFile.WriteText(path, JsonSerializer.Serialize(rows.Select(row => new
        {
            method = row.Method,
            frames = row.Scores.Metrics[0].Count,
            metrics = row.Scores.Compute(),
            skipped = row.Scores.Metrics.Where(metric => metric.Skipped.Total > 0).ToDictionary(metric => metric.Name, metric => metric.Skipped.Counts),
        }), Indented));

    private static string Cell(Metric metric, IEnumerable<Metric> column)
    {
        if (!metric.HasValue) return "–";
        var value = metric.Compute();
        var values = column.Where(other => other.HasValue).Select(other => other.Compute());
        var best = metric.HigherIsBetter ? values.Max() : values.Min();
        var text = value.ToString(value < 10 ? "0.0000" : "0.00");
        return value == best ? $"[bold]{text}[/]" : text;
    }
}
