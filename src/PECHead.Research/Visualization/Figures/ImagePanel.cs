using PECHead.Research.Data;
using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>A table of pictures with titled columns and labelled rows.</summary>
public sealed class ImagePanel : Drawing
{
    private const int Gap = 6;
    private const int LineHeight = 22;

    private readonly IReadOnlyList<string> _columns;
    private readonly int _cellSize;
    private readonly List<(string Label, RgbImage[] Cells)> _rows = [];

    /// <summary>Starts an empty panel.</summary>
    /// <param name="columns">Titles of the columns, at least one.</param>
    /// <param name="cellSize">Side of a cell in pixels; pictures are fitted into it.</param>
    public ImagePanel(IReadOnlyList<string> columns, int cellSize = 128)
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count, nameof(columns));
        ArgumentOutOfRangeException.ThrowIfLessThan(cellSize, 8);
        _columns = columns;
        _cellSize = cellSize;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="label">Text to its left.</param>
    /// <param name="cells">One picture per column.</param>
    /// <exception cref="ArgumentException">Not one picture per column.</exception>
    public void AddRow(string label, params RgbImage[] cells)
    {
        if (cells.Length != _columns.Count)
            throw new ArgumentException($"Expected {_columns.Count} pictures, one per column, received {cells.Length}.", nameof(cells));
        _rows.Add((label, cells));
    }

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        int pitch = _cellSize + Gap;
        double left = _rows.Max(row => (double?)(row.Label.Length > 0 ? Sheet.WidthOf(row.Label) + 10 : 0)) ?? 0;
        for (int c = 0; c < _columns.Count; c++)
            sheet.Text(left + c * pitch + _cellSize / 2.0, LineHeight - 8, _columns[c], align: SKTextAlign.Center);
        for (int r = 0; r < _rows.Count; r++)
        {
            double top = LineHeight + r * pitch;
            if (_rows[r].Label.Length > 0)
                sheet.Text(left - 10, top + _cellSize / 2.0 + 5, _rows[r].Label, align: SKTextAlign.Right);
            for (int c = 0; c < _columns.Count; c++)
                sheet.Photograph(_rows[r].Cells[c], left + c * pitch, top, _cellSize, _cellSize);
        }
        return (left + _columns.Count * pitch - Gap, LineHeight + _rows.Count * pitch - Gap);
    }
}
