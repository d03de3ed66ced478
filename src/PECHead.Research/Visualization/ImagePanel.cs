using System.Globalization;
using System.Security;
using System.Text;
using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>A table of pictures with titled columns and labelled rows, as one SVG document or as a PNG.</summary>
public sealed class ImagePanel
{
    private const int Gap = 6;
    private const int Margin = 16;
    private const int LabelWidth = 110;
    private const int LineHeight = 22;
    private const string Renderer = "rsvg-convert";
    private const string InstallRenderer = "Install rsvg-convert (Debian: apt-get install librsvg2-bin).";

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

    /// <summary>Heading above the table, or empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>Lines below the table.</summary>
    public IReadOnlyList<string> Captions { get; init; } = [];

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

    /// <summary>The panel as an SVG document that holds its pictures.</summary>
    public string ToSvg()
    {
        int pitch = _cellSize + Gap;
        int top = Margin + LineHeight + (Title.Length > 0 ? LineHeight + Gap : 0);
        int left = Margin + (_rows.Any(row => row.Label.Length > 0) ? LabelWidth : 0);
        int width = left + _columns.Count * pitch - Gap + Margin;
        int bottom = top + _rows.Count * pitch;
        int height = bottom + Captions.Count * LineHeight + Margin;

        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="DejaVu Sans, sans-serif" font-size="13" fill="#222">""");
        Append(svg, $"""<rect width="{width}" height="{height}" fill="#fff"/>""");
        if (Title.Length > 0)
            Append(svg, $"""<text x="{Margin}" y="{Margin + 14}" font-size="16" font-weight="bold">{Escape(Title)}</text>""");
        for (int c = 0; c < _columns.Count; c++)
            Append(svg, $"""<text x="{left + c * pitch + _cellSize / 2}" y="{top - 8}" text-anchor="middle">{Escape(_columns[c])}</text>""");
        for (int r = 0; r < _rows.Count; r++)
            AppendRow(svg, _rows[r], left, top + r * pitch);
        for (int i = 0; i < Captions.Count; i++)
            Append(svg, $"""<text x="{Margin}" y="{bottom + i * LineHeight + 14}" font-size="12" fill="#555">{Escape(Captions[i])}</text>""");
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Writes the panel as a PNG: aside first, then moved into place.</summary>
    /// <param name="path">The .png file to make or replace.</param>
    /// <exception cref="DataException">The renderer is missing or failed, or the folder cannot be written.</exception>
    public void WritePng(string path)
    {
        using var file = new ReplacedFile(path);
        string drawing = Path.ChangeExtension(file.AsidePath, ".svg");
        try
        {
            File.WriteAllText(drawing, ToSvg());
            var (code, _, errors) = ExternalProgram.Run(
                Renderer, ["--unlimited", "--output", file.AsidePath, drawing], InstallRenderer);
            if (code != 0)
                throw new DataException($"the panel could not be drawn ({errors})", path, InstallRenderer);
            file.Commit();
        }
        finally
        {
            File.Delete(drawing);
        }
    }

    private void AppendRow(StringBuilder svg, (string Label, RgbImage[] Cells) row, int left, int top)
    {
        if (row.Label.Length > 0)
            Append(svg, $"""<text x="{left - Gap - 4}" y="{top + _cellSize / 2 + 5}" text-anchor="end">{Escape(row.Label)}</text>""");
        for (int c = 0; c < row.Cells.Length; c++)
        {
            string png = Convert.ToBase64String(PngEncoding.Encode(row.Cells[c]));
            Append(svg, $"""<image x="{left + c * (_cellSize + Gap)}" y="{top}" width="{_cellSize}" height="{_cellSize}" href="data:image/png;base64,{png}"/>""");
        }
    }

    private static void Append(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string text) => SecurityElement.Escape(text);
}
