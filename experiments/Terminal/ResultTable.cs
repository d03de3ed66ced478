using System.Text.Json;
using PECHead.Research.Checkpoints;
using PECHead.Research.Metrics;
using Spectre.Console;

namespace PECHead.Experiments.Terminal;

/// <summary>A table of methods and metrics on the screen, with the best of each column marked, and as JSON.</summary>
internal static class ResultTable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Print(IReadOnlyList<(string Method, MetricReport Report)> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("method");
        var metrics = rows[0].Report.Metrics;
        foreach (var metric in metrics) table.AddColumn(new TableColumn(Markup.Escape($"{metric.Name} {(metric.HigherIsBetter ? '↑' : '↓')}")).RightAligned());
        foreach (var (method, report) in rows)
        {
            table.AddRow([Markup.Escape(method), .. report.Metrics.Select((metric, column) => Cell(metric, rows.Select(row => row.Report.Metrics[column])))]);
        }
        AnsiConsole.Write(table);
    }

    public static void WriteJson(string path, IReadOnlyList<(string Method, MetricReport Report)> rows)
        => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, rows.Select(row => new
        {
            method = row.Method,
            frames = row.Report.Metrics[0].Count,
            metrics = row.Report.Compute(),
        }), Indented));

    private static string Cell(FrameMetric metric, IEnumerable<FrameMetric> column)
    {
        var value = metric.Compute();
        var best = metric.HigherIsBetter ? column.Max(other => other.Compute()) : column.Min(other => other.Compute());
        var text = value.ToString(value < 10 ? "0.0000" : "0.00");
        return value == best ? $"[bold]{text}[/]" : text;
    }
}
