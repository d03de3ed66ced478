namespace PECHead.Research.Visualization;

/// <summary>Several figures in one, side by side: a page of a paper.</summary>
public sealed class FigureGrid : Drawing
{
    private readonly IReadOnlyList<Figure> _figures;

    /// <summary>Collects figures; of one with a script its still picture is taken.</summary>
    /// <param name="figures">At least one.</param>
    /// <exception cref="ArgumentException">No figure.</exception>
    public FigureGrid(params IReadOnlyList<Figure> figures)
    {
        if (figures.Count == 0)
            throw new ArgumentException("Expected at least one figure.", nameof(figures));
        _figures = figures;
    }

    /// <summary>Figures in a row; 0: all in one row.</summary>
    public int Columns { get; init; }

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        int columns = Columns > 0 ? Columns : _figures.Count;
        double width = 0, top = 0;
        foreach (var row in _figures.Chunk(columns))
        {
            double left = 0, height = 0;
            foreach (var figure in row)
            {
                var part = sheet.Figure(figure, left, top);
                left += part.Width;
                height = Math.Max(height, part.Height);
            }
            width = Math.Max(width, left);
            top += height;
        }
        return (width, top);
    }
}
