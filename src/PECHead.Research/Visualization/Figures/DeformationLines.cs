using PECHead.Research.Data;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A deformation read from a tensor, to be followed along its rows and columns.</summary>
internal sealed class DeformationLines
{
    private readonly float[] _values;

    /// <param name="deformation">[h, w, 2], (x, y) in [-1, 1].</param>
    public DeformationLines(Tensor deformation)
    {
        TensorGuard.Shape(deformation, nameof(deformation), TensorGuard.Any, TensorGuard.Any, 2);
        (Rows, Columns) = ((int)deformation.size(0), (int)deformation.size(1));
        _values = FrameImage.Values(deformation);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Position of a driving pixel itself, as <see cref="CoordinateGrid"/>.</summary>
    public (double X, double Y) Driving(PictureBox box, int row, int column) =>
        box.AtNormalised(Columns == 1 ? 0 : 2.0 * column / (Columns - 1) - 1, Rows == 1 ? 0 : 2.0 * row / (Rows - 1) - 1);

    /// <summary>Position in the source that it shows.</summary>
    public (double X, double Y) Source(PictureBox box, int row, int column)
    {
        int at = 2 * (row * Columns + column);
        return box.AtNormalised(_values[at], _values[at + 1]);
    }
}
