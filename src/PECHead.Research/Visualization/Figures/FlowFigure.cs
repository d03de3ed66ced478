using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using ScottPlot;
using SkiaSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A deformation as colours, with the wheel that tells how to read them.</summary>
/// <remarks>The colours are those of <see cref="FlowColors"/>: they say where in the source a driving pixel is taken from.</remarks>
public sealed class FlowFigure : Drawing
{
    private const double WheelSide = 84;
    private const double Gap = 18;
    private readonly RgbImage _colors;

    /// <summary>Takes a deformation.</summary>
    /// <param name="deformation">[h, w, 2], (x, y) in [-1, 1]: one element of <see cref="MotionField.Deformation"/>.</param>
    /// <param name="fullLength">Flow in pixels of this map at which a colour is full; null: the longest in it. Give the same to figures that are compared.</param>
    public FlowFigure(Tensor deformation, double? fullLength = null)
    {
        TensorGuard.Shape(deformation, nameof(deformation), TensorGuard.Any, TensorGuard.Any, 2);
        FullLength = fullLength ?? Math.Max(FlowColors.Longest(FlowColors.FlowInPixels(deformation)), 1e-6);
        _colors = FlowColors.Render(deformation, FullLength);
    }

    /// <summary>Flow, in pixels of the map, that the rim of the wheel stands for.</summary>
    public double FullLength { get; }

    /// <summary>Width of the map as drawn, pixels.</summary>
    public int Size { get; init; } = 288;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        var box = new PictureBox(0, 0, Size, _colors.Width, _colors.Height);
        sheet.Map(_colors, 0, 0, box.Width, box.Height);
        sheet.Rectangle(0, 0, box.Width, box.Height, fill: null, Color.FromHex("#cccccc"), 0.75);
        double x = box.Width + Gap, middle = x + WheelSide / 2;
        sheet.Text(middle, 14, "taken from", size: 11, SKTextAlign.Center, Sheet.Faint);
        sheet.Map(FlowColors.Legend(168), x, 22, WheelSide, WheelSide);
        sheet.Circle(middle, 22 + WheelSide / 2, WheelSide / 2, fill: null, Color.FromHex("#888888"), 0.75);
        sheet.Line(middle, 22 + WheelSide / 2, x + WheelSide, 22 + WheelSide / 2, Color.FromHex("#111111"), 0.75);
        sheet.Text(middle, 22 + WheelSide + 16, FormattableString.Invariant($"{FullLength:0.##} px"), size: 11, SKTextAlign.Center);
        return (x + WheelSide, Math.Max(box.Height, 22 + WheelSide + 20));
    }
}
