using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
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

    private protected override (double Width, double Height) Draw(SvgCanvas canvas)
    {
        var box = new PictureBox(0, 0, Size, _colors.Width, _colors.Height);
        canvas.Map(_colors, 0, 0, box.Width, box.Height);
        canvas.Rectangle(0, 0, box.Width, box.Height, "none", "#ccc", 0.75);
        double x = box.Width + Gap, middle = x + WheelSide / 2;
        canvas.Text(middle, 14, "taken from", size: 11, anchor: "middle", fill: SvgCanvas.Faint);
        canvas.Image(FlowColors.Legend(168), x, 22, WheelSide, WheelSide);
        canvas.Circle(middle, 22 + WheelSide / 2, WheelSide / 2, "none", "#888", 0.75);
        canvas.Line(middle, 22 + WheelSide / 2, x + WheelSide, 22 + WheelSide / 2, "#111", 0.75);
        canvas.Text(middle, 22 + WheelSide + 16, $"{SvgCanvas.Number(FullLength)} px", size: 11, anchor: "middle");
        return (x + WheelSide, Math.Max(box.Height, 22 + WheelSide + 20));
    }
}
