using PECHead.Research.Data;
using PECHead.Research.Layers;
using ScottPlot;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>Points read from a tensor and placed in a drawing.</summary>
internal sealed class PointSet
{
    private static readonly Color Rim = Color.FromHex("#111111");
    private readonly float[] _values;

    /// <param name="positions">[K, 2], (x, y) in [-1, 1].</param>
    /// <param name="name">Name of the argument, for the message.</param>
    /// <param name="count">K, or <see cref="TensorGuard.Any"/>.</param>
    public PointSet(Tensor positions, string name, long count = TensorGuard.Any)
    {
        TensorGuard.Shape(positions, name, count, 2);
        _values = FrameImage.Values(positions);
    }

    public int Count => _values.Length / 2;

    /// <summary>Where a point lies in the drawing, or NaN when it has no position.</summary>
    public (double X, double Y) In(PictureBox box, int index)
    {
        var (x, y) = (_values[2 * index], _values[2 * index + 1]);
        return float.IsFinite(x) && float.IsFinite(y) ? box.AtNormalised(x, y) : (double.NaN, double.NaN);
    }

    /// <summary>The identity colour of a point, of which a group shares one.</summary>
    public Color ColorOf(int index, int groupSize = 1) => Sheet.Of(IdentityColors.Color(index / groupSize, Math.Max(1, Count / groupSize)));

    /// <summary>Discs in their identity colours, numbered when asked for.</summary>
    public void Draw(Overlay overlay, PictureBox box, double radius, bool numbered, int groupSize = 1, Func<int, double>? scale = null)
    {
        for (int k = 0; k < Count; k++)
        {
            var (x, y) = In(box, k);
            if (double.IsNaN(x))
                continue;
            overlay.Circle(x, y, radius * (scale?.Invoke(k) ?? 1), ColorOf(k, groupSize), Rim, 1.2);
            if (numbered)
                overlay.Label(x, y - radius - 3, $"{k}", 10);
        }
    }
}
