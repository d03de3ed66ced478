using PECHead.Research.Data;
using SkiaSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Pictures one after the other, each under its label, wrapped into rows.</summary>
public sealed class ImageGrid : Drawing
{
    private const double Gap = 8;
    private const double LabelHeight = 20;
    private readonly IReadOnlyList<RgbImage> _images;
    private readonly IReadOnlyList<string> _labels;

    /// <summary>Collects pictures.</summary>
    /// <param name="images">At least one.</param>
    /// <param name="labels">One each, or none at all.</param>
    /// <exception cref="ArgumentException">No picture, or another number of labels.</exception>
    public ImageGrid(IReadOnlyList<RgbImage> images, IReadOnlyList<string>? labels = null)
    {
        if (images.Count == 0)
            throw new ArgumentException("Expected at least one picture.", nameof(images));
        if (labels is not null && labels.Count != images.Count)
            throw new ArgumentException($"Expected {images.Count} labels, one per picture, received {labels.Count}.", nameof(labels));
        (_images, _labels) = (images, labels ?? []);
    }

    /// <summary>Collects frames.</summary>
    /// <param name="frames">[N, 3, H, W] or one frame [3, H, W], RGB in [0, 1].</param>
    /// <param name="labels">One each, or none at all.</param>
    public ImageGrid(Tensor frames, IReadOnlyList<string>? labels = null)
        : this(FrameImage.FromBatch(frames), labels)
    {
    }

    /// <summary>Pictures in a row; 0: all up to eight in one row.</summary>
    public int Columns { get; init; }

    /// <summary>Width of a picture as drawn, pixels.</summary>
    public int CellWidth { get; init; } = 160;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        int columns = Math.Min(_images.Count, Columns > 0 ? Columns : 8);
        int rows = (_images.Count + columns - 1) / columns;
        double labelHeight = _labels.Count > 0 ? LabelHeight : 0;
        double cellHeight = _images.Max(image => CellWidth * (double)image.Height / image.Width);
        for (int i = 0; i < _images.Count; i++)
        {
            double x = i % columns * (CellWidth + Gap), y = i / columns * (cellHeight + labelHeight + Gap);
            if (_labels.Count > 0)
                sheet.Text(x + CellWidth / 2.0, y + 14, _labels[i], align: SKTextAlign.Center);
            sheet.Photograph(_images[i], x, y + labelHeight, CellWidth, cellHeight);
        }
        return (columns * (CellWidth + Gap) - Gap, rows * (cellHeight + labelHeight + Gap) - Gap);
    }
}
