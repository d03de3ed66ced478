using ScottPlot;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>The columns of a result table as small bar charts side by side, a bar a ranked row, the best of each in a darker colour.</summary>
/// <remarks>Bars begin at zero, so their lengths compare; the arrow beside a title says which end is the better one.</remarks>
public sealed class MetricBars : Drawing
{
    private const int Columns = 4;
    private const double Width = 240;
    private const double RowHeight = 18;
    private const double Margin = 12;
    private const double Head = 28;
    private const double Foot = 14;
    private readonly ResultTable _table;
    private readonly int[] _columns;

    /// <summary>Takes a table.</summary>
    /// <param name="table">With at least one column that says which numbers are better.</param>
    /// <param name="columns">Names of the columns to show; one without a ranked number is left out. None for all.</param>
    /// <exception cref="ArgumentException">Nothing to show.</exception>
    public MetricBars(ResultTable table, params IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(table);
        _table = table;
        _columns =
        [
            .. Enumerable.Range(0, table.Columns.Count)
                .Where(c => table.Columns[c].Better != BetterValue.None && (columns.Count == 0 || columns.Contains(table.Columns[c].Name)) && Rows(c).Any()),
        ];
        if (_columns.Length == 0)
            throw new ArgumentException("The table has no column of ranked numbers.", nameof(columns));
    }

    /// <inheritdoc/>
    public override string ToString() => $"bars of {string.Join(", ", _columns.Select(c => _table.Columns[c].Name))}";

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        double labels = _table.Rows.Where(row => !row.IsReference).Max(row => Sheet.WidthOf(row.Label, 11, bold: true)) + 6;
        double cell = Width + labels, height = Head + Foot + RowHeight * _columns.Max(c => Rows(c).Count());
        foreach (var (index, column) in _columns.Index())
            DrawColumn(sheet, column, index % Columns * cell + Margin, index / Columns * height, labels);
        return (Math.Min(Columns, _columns.Length) * cell, (_columns.Length + Columns - 1) / Columns * height);
    }

    private void DrawColumn(Sheet sheet, int column, double left, double top, double labels)
    {
        var header = _table.Columns[column];
        sheet.Text(left, top + 17, $"{header.Name} {header.Arrow}", bold: true);
        var rows = Rows(column).ToArray();
        double longest = rows.Max(row => Math.Abs(row.Value)), width = Width - 2 * Margin;
        var bars = new List<Bar>();
        foreach (var (place, (index, value)) in rows.Index())
        {
            bool isBest = _table.Ranks[index][column] == ResultRank.Best;
            sheet.Text(left + labels - 6, top + Head + place * RowHeight + 12, _table.Rows[index].Label, size: 11, SKTextAlign.Right, bold: isBest);
            bars.Add(new Bar
            {
                Position = -place - 0.5,
                Value = Math.Abs(value),
                Size = 0.72,
                FillColor = Color.FromHex(isBest ? "#22559c" : "#9dbfe0"),
                LineWidth = 0,
                Label = _table.Text(_table.Rows[index], column),
                LabelOffset = 4,
            });
        }
        // Room for the numbers at the ends of the bars.
        double numbers = bars.Max(bar => Sheet.WidthOf(bar.Label, 11)) + 10;
        using var plot = Plots.Bare(0, longest > 0 ? longest * width / (width - numbers) : 1, -rows.Length, 0);
        var drawn = plot.Add.Bars(bars);
        drawn.Horizontal = true;
        (drawn.ValueLabelStyle.FontName, drawn.ValueLabelStyle.FontSize, drawn.ValueLabelStyle.ForeColor, drawn.ValueLabelStyle.OffsetY) = (FigureFont.Name, 11, Sheet.Faint, 2);
        sheet.Plot(plot, left + labels, top + Head, width, rows.Length * RowHeight);
    }

    private IEnumerable<(int Index, double Value)> Rows(int column) => _table.Rows.Index()
        .Where(row => !row.Item.IsReference && row.Item.Values[column] is { } value && double.IsFinite(value.Mean))
        .Select(row => (row.Index, row.Item.Values[column]!.Value.Mean));
}
