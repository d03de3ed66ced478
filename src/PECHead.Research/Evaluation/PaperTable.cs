using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.Visualization;

namespace PECHead.Research.Evaluation;

/// <summary>A value that a paper prints.</summary>
/// <param name="Dataset">Data set.</param>
/// <param name="Method">Row of the table.</param>
/// <param name="Metric">Column of the table, by the metric's bare name.</param>
/// <param name="Value">The printed value.</param>
/// <param name="Note">Where the paper contradicts itself, or which task the value belongs to; empty for none.</param>
public sealed record PaperFigure(string Dataset, string Method, string Metric, double Value, string Note)
{
    /// <summary>Whether a larger number of this metric is better.</summary>
    public bool HigherIsBetter => Metric is "CSIM" or "PSNR" or "SSIM" or "MS-SSIM";
}

/// <summary>Reads the figures of a paper's table from <c>experiments/paper-tables/*.csv</c>.</summary>
public static class PaperTable
{
    private const string Header = "dataset,method,metric,value,note";

    /// <summary>The figures of one data set.</summary>
    /// <param name="path">The table.</param>
    /// <param name="dataset">Name of the data set.</param>
    /// <exception cref="DataException">As for <see cref="Read"/>, or none of the data set in it.</exception>
    public static IReadOnlyList<PaperFigure> Of(string path, string dataset)
    {
        var all = Read(path);
        PaperFigure[] chosen = [.. all.Where(figure => figure.Dataset == dataset)];
        return chosen.Length > 0 ? chosen : throw new DataException(
            $"no figures of the data set '{dataset}'", path, $"Choose one of {string.Join(", ", all.Select(figure => figure.Dataset).Distinct())}.");
    }

    /// <summary>The figures of one data set as the paper shows them: a row a method, a column a metric.</summary>
    /// <param name="figures">At least one, in the paper's order.</param>
    public static ResultTable Show(IReadOnlyList<PaperFigure> figures)
    {
        string[] metrics = [.. figures.Select(figure => figure.Metric).Distinct()];
        var table = new ResultTable("method, paper", [.. metrics.Select(name => Column(name, [.. figures.Where(figure => figure.Metric == name)]))]);
        foreach (var method in figures.GroupBy(figure => figure.Method))
            table.AddRow(method.Key, [.. metrics.Select(name => Value(method, name))]);
        return table;
    }

    /// <summary>Reads a table.</summary>
    /// <param name="path">A CSV file whose first line names the columns dataset, method, metric, value and note.</param>
    /// <returns>The figures in the order of the file.</returns>
    /// <exception cref="DataException">Another header, a line of other columns, a value that is no number, or a figure that is there twice.</exception>
    public static IReadOnlyList<PaperFigure> Read(string path)
    {
        var table = CsvTable.Read(path, "dataset", "method", "metric", "note");
        if (string.Join(",", table.Columns.Select(column => column.Name)) != Header)
            throw new DataException("no table of figures", path, $"Its first line must be '{Header}'.");
        var (datasets, methods, metrics, values, notes) = (table.Texts("dataset"), table.Texts("method"), table.Texts("metric"), table.Texts("value"), table.Texts("note"));
        var figures = new List<PaperFigure>();
        var known = new HashSet<(string, string, string)>();
        for (int row = 0; row < datasets.Count; row++)
        {
            if (!double.TryParse(values[row], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                throw new DataException($"line {row + 2} has no number, but '{values[row]}'", path, $"A line has the columns {Header}.");
            if (!known.Add((datasets[row], methods[row], metrics[row])))
                throw new DataException($"line {row + 2} repeats {metrics[row]} of {methods[row]} on {datasets[row]}", path, "Keep one of them.");
            figures.Add(new PaperFigure(datasets[row], methods[row], metrics[row], value, notes[row]));
        }
        return figures;
    }

    /// <summary>A column with as many decimals as the paper prints.</summary>
    internal static ResultColumn Column(string name, IReadOnlyList<PaperFigure> figures)
        => new(name, ResultColumn.BetterOf(figures[0].HigherIsBetter), figures.Max(figure => PrintedDecimals(figure.Value)));

    internal static ResultValue? Value(IEnumerable<PaperFigure> figures, string metric)
        => figures.FirstOrDefault(figure => figure.Metric == metric) is { } figure ? new ResultValue(figure.Value) : null;

    private static int PrintedDecimals(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? 0 : text.Length - point - 1;
    }
}
