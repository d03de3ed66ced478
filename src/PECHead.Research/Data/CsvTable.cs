using System.Globalization;
using CsvHelper;
using Microsoft.Data.Analysis;

namespace PECHead.Research.Data;

/// <summary>Measured tables as CSV: columns named in the first line, a point in numbers, all their digits, an empty cell where nothing was measured.</summary>
/// <remarks>
/// <b>Choice:</b> CsvHelper stands between file and data frame. The data frame's own reader takes numbers as float32, and loses text
/// with quotation marks or carriage returns; its own writer writes 0.1 as 0.10000000000000001.
/// </remarks>
public static class CsvTable
{
    private const long LargestFile = 64 << 20;

    private static readonly CsvWriterOptions Written = new() { NewLine = "\n" };

    private static readonly CsvReaderOptions Strict = new()
    {
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Throw,
        TrackLineNumbers = true,
    };

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file, UTF-8, at most 64 MB.</param>
    /// <param name="text">Columns that are text whatever stands in them.</param>
    /// <returns>A column with at least one number, and else nothing but empty cells, is of <see cref="double"/>; every other one is text.</returns>
    /// <exception cref="DataException">No such file, a column named twice, a line of other length than the first, or unbalanced quotation marks.</exception>
    public static DataFrame Read(string path, params IReadOnlyList<string> text)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > LargestFile)
            throw new DataException(file.Exists ? "too large for a table" : "no such table", path, "Name a CSV file of measurements.");
        return Parse(File.ReadAllBytes(path), path, text);
    }

    /// <summary>Writes a table: aside first, then moved into place.</summary>
    /// <param name="frame">Columns of text and of numbers.</param>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="DataException">The folder cannot be written.</exception>
    public static void Write(DataFrame frame, string path) => ReplacedFile.WriteText(path, Format(frame));

    /// <summary>The table as it stands in a file.</summary>
    /// <param name="frame">Columns of text and of numbers.</param>
    public static string Format(DataFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        using var written = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(written, Written, leaveOpen: true))
        {
            csv.WriteHeader([.. frame.Columns.Select(column => column.Name)]);
            for (long row = 0; row < frame.Rows.Count; row++)
            {
                foreach (var column in frame.Columns) csv.WriteField(Convert.ToString(column[row], CultureInfo.InvariantCulture));
                csv.EndRecord();
            }
        }
        return written.ToString();
    }

    /// <summary>A column of numbers by its name; null where nothing was measured.</summary>
    /// <param name="frame">The table.</param>
    /// <param name="name">Of the column.</param>
    /// <exception cref="ArgumentException">No such column, or it is text.</exception>
    public static IReadOnlyList<double?> Numbers(this DataFrame frame, string name)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var column = Column(frame, name);
        if (!column.IsNumericColumn()) throw new ArgumentException($"The column '{name}' holds text.", nameof(name));
        return [.. column.Cast<object?>().Select(value => value is null ? (double?)null : Convert.ToDouble(value, CultureInfo.InvariantCulture))];
    }

    /// <summary>A column as text by its name; empty where nothing stands.</summary>
    /// <param name="frame">The table.</param>
    /// <param name="name">Of the column.</param>
    /// <exception cref="ArgumentException">No such column.</exception>
    public static IReadOnlyList<string> Texts(this DataFrame frame, string name)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return [.. Column(frame, name).Cast<object?>().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
    }

    internal static DataFrame Parse(byte[] bytes, string path, IReadOnlyList<string> text)
    {
        try
        {
            using var csv = CsvReader.Create(bytes, Strict);
            csv.ReadHeader();
            string[] names = [.. csv.Headers];
            if (names.Length == 0 || names.Distinct().Count() != names.Length)
                throw new DataException(names.Length == 0 ? "an empty table" : "a column is named twice", path, "The first line names the columns.");
            var cells = names.Select(_ => new List<string>()).ToArray();
            while (csv.Read())
            {
                for (int c = 0; c < names.Length; c++) cells[c].Add(csv.GetString(c));
            }
            return new DataFrame(names.Zip(cells, (name, column) => Typed(name, column, text.Contains(name))));
        }
        catch (CsvFormatException failure)
        {
            throw new DataException(
                $"line {failure.LineNumber} is no line of this table", path,
                "Every line has as many cells as the first; text with a comma or a quotation mark stands in quotation marks, and has its own doubled.", failure);
        }
    }

    private static DataFrameColumn Typed(string name, IReadOnlyList<string> cells, bool isText)
    {
        double?[] numbers = [.. cells.Select(cell => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : (double?)null)];
        bool areNumbers = !isText && numbers.Any(number => number is not null) && numbers.Zip(cells).All(cell => cell.First is not null || cell.Second.Length == 0);
        return areNumbers ? new DoubleDataFrameColumn(name, numbers) : new StringDataFrameColumn(name, cells);
    }

    private static DataFrameColumn Column(DataFrame frame, string name) => frame.Columns.FirstOrDefault(column => column.Name == name)
        ?? throw new ArgumentException($"The table has no column '{name}'; it has {string.Join(", ", frame.Columns.Select(column => column.Name))}.", nameof(name));
}
