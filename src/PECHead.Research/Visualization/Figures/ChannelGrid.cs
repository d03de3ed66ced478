using PECHead.Research.Layers;
using SkiaSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>The channels of a tensor as maps on one scale: heatmaps, attention, masks, features.</summary>
public sealed class ChannelGrid : Drawing
{
    private const double Gap = 8;
    private const double LabelHeight = 18;
    private readonly MapValues[] _maps;
    private readonly IReadOnlyList<string> _labels;

    /// <summary>Takes the channels.</summary>
    /// <param name="maps">[C, h, w].</param>
    /// <param name="labels">One per channel; null: their indices.</param>
    /// <exception cref="ArgumentException">Another shape or number of labels.</exception>
    public ChannelGrid(Tensor maps, IReadOnlyList<string>? labels = null)
    {
        TensorGuard.Shape(maps, nameof(maps), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any);
        int count = (int)maps.size(0);
        if (labels is not null && labels.Count != count)
            throw new ArgumentException($"Expected {count} labels, one per channel, received {labels.Count}.", nameof(labels));
        using var scope = NewDisposeScope();
        _maps = [.. Enumerable.Range(0, count).Select(c => new MapValues(maps[c]))];
        _labels = labels ?? [.. Enumerable.Range(0, count).Select(c => $"{c}")];
    }

    /// <summary>Frame beneath every map, or null.</summary>
    public Picture? Image { get; init; }

    /// <summary>Channels in a row.</summary>
    public int Columns { get; init; } = 6;

    /// <summary>Width of a map as drawn, pixels.</summary>
    public int CellWidth { get; init; } = 112;

    /// <summary>Value of the first colour; null: the least of all channels.</summary>
    public double? Minimum { get; init; }

    /// <summary>Value of the last colour; null: the greatest of all channels.</summary>
    public double? Maximum { get; init; }

    /// <summary>The colours.</summary>
    public ColorMap Colors { get; init; } = ColorMap.Viridis;

    /// <summary>How much a map covers the frame, 0 to 1.</summary>
    public double Opacity { get; init; } = 0.65;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        double minimum = Minimum ?? _maps.Min(map => map.Least), maximum = Maximum ?? _maps.Max(map => map.Greatest);
        if (maximum <= minimum)
            maximum = minimum + 1;
        int columns = Math.Clamp(Columns, 1, _maps.Length), rows = (_maps.Length + columns - 1) / columns;
        double cellHeight = CellWidth * (double)_maps[0].Height / _maps[0].Width, pitch = cellHeight + LabelHeight + Gap;
        for (int c = 0; c < _maps.Length; c++)
        {
            double x = c % columns * (CellWidth + Gap), y = c / columns * pitch + LabelHeight;
            sheet.Text(x + CellWidth / 2.0, y - 5, _labels[c], size: 12, SKTextAlign.Center);
            if (Image is { } picture)
                sheet.Photograph(picture.Image, x, y, CellWidth, cellHeight);
            _maps[c].Draw(sheet, x, y, CellWidth, cellHeight, Colors, minimum, maximum, Image is null ? 1 : Opacity);
        }
        double width = columns * (CellWidth + Gap) - Gap, height = rows * pitch - Gap;
        double barHeight = Math.Min(height - LabelHeight, 240);
        return (width + ColorBar.Draw(sheet, width, LabelHeight, barHeight, Colors, minimum, maximum), height);
    }
}
