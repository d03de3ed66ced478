using Microsoft.Data.Analysis;
using PECHead.Research.Data;
using ScottPlot;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>
/// A table of measurements: of every column the best number is bold and the second best underlined. It saves as .html
/// (sorted by a click), .md, .tex (booktabs) and .csv (all digits), and as a picture like every figure. It is made from a
/// <see cref="DataFrame"/> or row by row.
/// </summary>
public sealed class ResultTable : InteractiveFigure
{
    // What the column of deviations is called after its column of means.
    private const string DeviationSuffix = " sd";
    private const double RowHeight = 24;
    private const double Padding = 14;
    private readonly List<ResultRow> _rows = [];
    private bool _ruleAbove;

    /// <summary>Starts an empty table.</summary>
    /// <param name="labelHeader">Heading of the first column, for example method.</param>
    /// <param name="columns">At least one.</param>
    public ResultTable(string labelHeader, params IReadOnlyList<ResultColumn> columns)
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count, nameof(columns));
        (LabelHeader, Columns) = (labelHeader, columns);
    }

    /// <summary>Shows a table of measurements: its first column names the rows.</summary>
    /// <param name="frame">The measurements. A column "NAME sd" holds the deviations of the column "NAME".</param>
    /// <param name="columns">What to show, by the names of the columns; none for all columns of numbers, unranked.</param>
    /// <param name="references">Names of the rows for comparison, which are not ranked; a line parts them from the others.</param>
    /// <exception cref="ArgumentException">No such column, or one of text.</exception>
    public ResultTable(DataFrame frame, IReadOnlyList<ResultColumn> columns, params IReadOnlyList<string> references)
        : this(NameOf(frame), columns.Count > 0 ? columns : NumbersOf(frame))
    {
        var names = frame.Columns.Select(column => column.Name).ToHashSet();
        var means = Columns.Select(column => frame.Numbers(column.Name)).ToList();
        var deviations = Columns.Select(column => names.Contains(column.Name + DeviationSuffix) ? frame.Numbers(column.Name + DeviationSuffix) : null).ToList();
        foreach (var (r, label) in frame.Texts(LabelHeader).Index())
        {
            bool isReference = references.Contains(label);
            if (_rows.Count > 0 && _rows[^1].IsReference != isReference) AddRule();
            Add(label, [.. means.Zip(deviations, (mean, deviation) => mean[r] is { } value ? new ResultValue(value, deviation?[r]) : (ResultValue?)null)], isReference);
        }
    }

    /// <summary>Heading of the first column.</summary>
    public string LabelHeader { get; }

    /// <summary>The columns of numbers.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; }

    internal IReadOnlyList<ResultRow> Rows => _rows;

    internal ResultRank[][] Ranks => ResultRanking.Of(Columns, _rows);

    /// <summary>Adds a row that takes part in the ranking.</summary>
    /// <param name="label">Its name.</param>
    /// <param name="values">One per column; null where nothing was measured.</param>
    /// <exception cref="ArgumentException">Not one value per column.</exception>
    public void AddRow(string label, params IReadOnlyList<ResultValue?> values) => Add(label, values, isReference: false);

    /// <summary>Adds a row for comparison that is not ranked, for example figures of a paper.</summary>
    /// <param name="label">Its name.</param>
    /// <param name="values">One per column; null where nothing is known.</param>
    /// <exception cref="ArgumentException">Not one value per column.</exception>
    public void AddReference(string label, params IReadOnlyList<ResultValue?> values) => Add(label, values, isReference: true);

    /// <summary>Draws a line above the next row.</summary>
    public void AddRule() => _ruleAbove = _rows.Count > 0;

    /// <summary>The table in Markdown.</summary>
    public string ToMarkdown() => ResultTableText.Markdown(this);

    /// <summary>The table in LaTeX with the rules of booktabs, a tabular to be included.</summary>
    public string ToLatex() => ResultTableText.Latex(this);

    /// <summary>The numbers with all their digits; a deviation has a column of its own.</summary>
    public string ToCsv() => CsvTable.Format(ToFrame());

    /// <summary>The measurements: the names of the rows, then a column for every column, followed by its deviations where there are any.</summary>
    /// <exception cref="ArgumentException">Two columns of one name.</exception>
    public DataFrame ToFrame()
    {
        var frame = new DataFrame(new StringDataFrameColumn(LabelHeader, _rows.Select(row => row.Label)));
        foreach (var (c, column) in Columns.Index())
        {
            frame.Columns.Add(new DoubleDataFrameColumn(column.Name, _rows.Select(row => row.Values[c]?.Mean)));
            if (_rows.Any(row => row.Values[c]?.Deviation is not null))
                frame.Columns.Add(new DoubleDataFrameColumn(column.Name + DeviationSuffix, _rows.Select(row => row.Values[c]?.Deviation)));
        }
        return frame;
    }

    /// <inheritdoc/>
    public override string ToHtml() => ResultTableHtml.Write(this);

    /// <summary>The table in Markdown.</summary>
    public override string ToString() => ToMarkdown();

    private protected override IReadOnlyList<string> OwnFormats => [".md", ".tex", ".csv"];

    private protected override byte[]? Encode(string extension) => extension switch
    {
        ".md" => Utf8(ToMarkdown()),
        ".tex" => Utf8(ToLatex()),
        ".csv" => Utf8(ToCsv()),
        _ => null,
    };

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var ranks = Ranks;
        double labelWidth = _rows.Select(row => Sheet.WidthOf(row.Label)).Append(Sheet.WidthOf(LabelHeader, bold: true)).Max() + Padding;
        double[] rights = new double[Columns.Count];
        for (int c = 0; c < Columns.Count; c++)
        {
            double widest = _rows.Select(row => Text(row, c)).Append(Heading(c)).Max(text => Sheet.WidthOf(text, bold: true));
            rights[c] = (c > 0 ? rights[c - 1] : labelWidth) + widest + 2 * Padding;
        }
        double width = rights[^1];
        sheet.Line(0, 1, width, 1, Sheet.Ink, 2);
        sheet.Text(4, 18, LabelHeader, bold: true);
        for (int c = 0; c < Columns.Count; c++)
            sheet.Text(rights[c] - Padding, 18, Heading(c), align: SKTextAlign.Right, bold: true);
        sheet.Line(0, RowHeight + 2, width, RowHeight + 2, Sheet.Ink);
        for (int r = 0; r < _rows.Count; r++)
        {
            double top = (r + 1) * RowHeight + 4;
            if (_rows[r].HasRule)
                sheet.Line(0, top - 0.5, width, top - 0.5, Color.FromHex("#999999"));
            var color = _rows[r].IsReference ? Sheet.Faint : Sheet.Ink;
            sheet.Text(4, top + 17, _rows[r].Label, color: color);
            for (int c = 0; c < Columns.Count; c++)
                DrawCell(sheet, Text(_rows[r], c), rights[c] - Padding, top + 17, color, ranks[r][c]);
        }
        double bottom = (_rows.Count + 1) * RowHeight + 7;
        sheet.Line(0, bottom, width, bottom, Sheet.Ink, 2);
        return (width, bottom + 1);
    }

    private static void DrawCell(Sheet sheet, string text, double right, double baseline, Color color, ResultRank rank)
    {
        sheet.Text(right, baseline, text, align: SKTextAlign.Right, color: color, bold: rank == ResultRank.Best);
        if (rank == ResultRank.Second)
            sheet.Line(right - Sheet.WidthOf(text), baseline + 1.5, right, baseline + 1.5, color);
    }

    private string Heading(int column) => $"{Columns[column].Name} {Columns[column].Arrow}".TrimEnd();

    internal string Text(ResultRow row, int column) => row.Values[column] is { } value && double.IsFinite(value.Mean)
        ? value.Text(Columns[column].Decimals)
        : "–";

    private void Add(string label, IReadOnlyList<ResultValue?> values, bool isReference)
    {
        if (values.Count != Columns.Count)
            throw new ArgumentException($"Expected {Columns.Count} values, one per column, received {values.Count}.", nameof(values));
        _rows.Add(new ResultRow(label, [.. values], isReference, _ruleAbove));
        _ruleAbove = false;
    }

    private static string NameOf(DataFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return frame.Columns.Count > 0 ? frame.Columns[0].Name : throw new ArgumentException("The table has no column.", nameof(frame));
    }

    private static IReadOnlyList<ResultColumn> NumbersOf(DataFrame frame) =>
    [
        .. frame.Columns.Skip(1).Where(column => column.IsNumericColumn() && !column.Name.EndsWith(DeviationSuffix, StringComparison.Ordinal))
            .Select(column => new ResultColumn(column.Name, Decimals: ResultColumn.DecimalsFor(frame.Numbers(column.Name).OfType<double>()))),
    ];
}
