using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>The identity deformation: every pixel's own normalised position.</summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model: x_j = 2j/(W−1) − 1, y_i = 2i/(H−1) − 1, so −1 and 1 are the <i>centres</i> of
/// the border pixels. Sampling such a grid is exact with <c>alignCorners: true</c> only.
/// </remarks>
public static class CoordinateGrid
{
    /// <summary>Builds the grid.</summary>
    /// <param name="height">Rows, at least 2.</param>
    /// <param name="width">Columns, at least 2.</param>
    /// <param name="type">Float32 or float64: a half precision is too coarse for positions.</param>
    /// <param name="device">Device of the result.</param>
    /// <returns>[height, width, 2], (x, y).</returns>
    public static Tensor Create(long height, long width, ScalarType type, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        using var scope = NewDisposeScope();
        var x = linspace(-1, 1, width, type, device).expand(height, width);
        var y = linspace(-1, 1, height, type, device).unsqueeze(1).expand(height, width);
        return stack([x, y], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the grid in the type and on the device of another tensor.</summary>
    /// <param name="height">Rows, at least 2.</param>
    /// <param name="width">Columns, at least 2.</param>
    /// <param name="like">A float32 or float64 tensor.</param>
    /// <returns>[height, width, 2], (x, y).</returns>
    public static Tensor CreateLike(long height, long width, Tensor like)
    {
        TensorGuard.Floating(like, nameof(like));
        return Create(height, width, like.dtype, like.device);
    }
}
