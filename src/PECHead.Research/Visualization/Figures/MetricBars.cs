using ScottPlot;
using SkiaSharp;
using Chart = Plotly.NET.CSharp.Chart;
using GenericChart = Plotly.NET.GenericChart;
using PlotlyColor = Plotly.NET.Color;

namespace PECHead.Research.Visualization;

/// <summary>The columns of a result table as small bar charts side by side, a bar a ranked row, the best of each in a darker colour.</summary>
/// <remarks>Bars begin at zero, so their lengths compare; the arrow beside a title says which end is the better one.</remarks>
public sealed class MetricBars : InteractiveChart
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

    private protected override GenericChart Plot()
    {
        int rows = _columns.Max(c => Rows(c).Count());
        var charts = _columns.Select(Bars).ToList();
        double labels = 7 * _table.Rows.Where(row => !row.IsReference).Max(row => row.Label.Length);
        int across = Math.Min(Columns, charts.Count), down = (charts.Count + across - 1) / across;
        return PlotlyStyle.Laid(
            PlotlyStyle.Grid(charts, [.. _columns.Select(c => $"{_table.Columns[c].Name} {_table.Columns[c].Arrow}")], Columns, (labels + 24) / (Width + labels)),
            across * (Width + labels), down * (rows * RowHeight + 70) + 20, ((int)labels + 16, 16, 40, 30), ("showlegend", false));
    }

    // The first row is the upmost: plotly.js counts from below.
    private GenericChart Bars(int column)
    {
        var rows = Rows(column).Reverse().ToList();
        var bars = Chart.Bar<double, string, string>(
            rows.Select(row => PlotlyStyle.Shown(row.Value)), Keys: new(rows.Select(row => _table.Rows[row.Index].Label), true),
            MultiText: new(rows.Select(row => _table.Text(_table.Rows[row.Index], column)), true),
            MarkerColor: PlotlyColor.fromColors(rows.Select(row => PlotlyColor.fromHex(_table.Ranks[row.Index][column] == ResultRank.Best ? "#22559c" : "#9dbfe0"))),
            UseDefaults: false);
        return PlotlyStyle.Set(bars, ("hovertemplate", "%{y}: %{x}<extra></extra>"), ("textposition", "auto"));
    }

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
