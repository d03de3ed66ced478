using System.Globalization;
using PECHead.Research.Data;
using PECHead.Research.Layers;
using SkiaSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>How far generated frames are from the driving frame, pixel by pixel, all on one scale.</summary>
/// <remarks>The error of a pixel is the mean absolute difference of its three channels, frames in [0, 1].</remarks>
public sealed class ErrorMapFigure : Drawing
{
    private const double Gap = 8;
    private const double LabelHeight = 20;
    private readonly RgbImage _driving;
    private readonly List<(string Name, RgbImage Image, MapValues Error)> _methods = [];

    /// <summary>Compares frames.</summary>
    /// <param name="driving">[3, H, W], RGB in [0, 1]: what should have been generated.</param>
    /// <param name="generated">Name and frame [3, H, W] of each method, at least one.</param>
    /// <exception cref="ArgumentException">No method, or frames of another shape.</exception>
    public ErrorMapFigure(Tensor driving, params IReadOnlyList<(string Name, Tensor Frame)> generated)
    {
        TensorGuard.Shape(driving, nameof(driving), 3, TensorGuard.Any, TensorGuard.Any);
        if (generated.Count == 0)
            throw new ArgumentException("Expected at least one generated frame.", nameof(generated));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _driving = FrameImage.FromTensor(driving);
        foreach (var (name, frame) in generated)
        {
            TensorGuard.Shape(frame, name, driving.shape);
            var error = (frame.to(ScalarType.Float32) - driving.to(ScalarType.Float32)).abs().mean([0]);
            _methods.Add((name, FrameImage.FromTensor(frame), new MapValues(error)));
        }
    }

    /// <summary>Error of the last colour; null: the greatest of all methods.</summary>
    public double? Maximum { get; init; }

    /// <summary>Width of a picture as drawn, pixels.</summary>
    public int CellWidth { get; init; } = 160;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        double maximum = Maximum ?? Math.Max(1e-6, _methods.Max(method => method.Error.Greatest));
        double cellHeight = CellWidth * (double)_driving.Height / _driving.Width, below = LabelHeight + cellHeight + Gap;
        sheet.Text(CellWidth / 2.0, 14, "driving", align: SKTextAlign.Center);
        sheet.Photograph(_driving, 0, LabelHeight, CellWidth, cellHeight);
        sheet.Text(CellWidth / 2.0, below + cellHeight / 2 + 4, "absolute error", align: SKTextAlign.Center);
        for (int i = 0; i < _methods.Count; i++)
        {
            var (name, image, error) = _methods[i];
            double x = (i + 1) * (CellWidth + Gap);
            sheet.Text(x + CellWidth / 2.0, 14, name, align: SKTextAlign.Center);
            sheet.Photograph(image, x, LabelHeight, CellWidth, cellHeight);
            error.Draw(sheet, x, below, CellWidth, cellHeight, ColorMap.Magma, 0, maximum);
            string mean = error.Mean.ToString("0.0000", CultureInfo.InvariantCulture);
            sheet.Text(x + CellWidth / 2.0, below + cellHeight + 16, $"mean {mean}", size: 12, align: SKTextAlign.Center, color: Sheet.Faint);
        }
        double width = (_methods.Count + 1) * (CellWidth + Gap) - Gap;
        return (width + ColorBar.Draw(sheet, width, below, cellHeight, ColorMap.Magma, 0, maximum), below + cellHeight + LabelHeight);
    }
}
