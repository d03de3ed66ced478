using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Angles of a head as networks give them, and the rotations that they mean.</summary>
internal static class HeadAngles
{
    private const double BinDegrees = 3;

    /// <summary>Angles in degrees: the expectation over bins of three degrees.</summary>
    /// <param name="logits">[..., bins].</param>
    /// <param name="firstBin">Degrees of the first bin.</param>
    /// <returns>[...].</returns>
    public static Tensor Expected(Tensor logits, double firstBin)
    {
        using var scope = NewDisposeScope();
        logits = logits.Widened();
        var bins = arange(logits.size(-1), dtype: logits.dtype, device: logits.device);
        return (((logits.softmax(-1) * bins).sum([-1]) * BinDegrees) + firstBin).MoveToOuterDisposeScope();
    }

    /// <summary>Angles in degrees of rotations R_x(pitch) · R_y(yaw) · R_z(roll), for yaws below a quarter turn.</summary>
    /// <param name="rotations">[N, 3, 3], of points that are columns.</param>
    /// <returns>Yaw, pitch and roll [N, 3].</returns>
    public static Tensor Degrees(Tensor rotations)
    {
        using var scope = NewDisposeScope();
        Tensor At(int row, int column) => rotations.select(1, row).select(1, column);
        var radians = stack([At(0, 2).clamp(-1, 1).asin(), atan2(-At(1, 2), At(2, 2)), atan2(-At(0, 1), At(0, 0))], 1);
        return (radians * (180 / Math.PI)).MoveToOuterDisposeScope();
    }

    /// <summary>Rotations around the three axes, each [N, 3, 3], of points that are columns.</summary>
    /// <param name="pitch">Around x, radians, [N].</param>
    /// <param name="yaw">Around y, radians, [N].</param>
    /// <param name="roll">Around z, radians, [N].</param>
    /// <returns>In the scope of the caller.</returns>
    public static (Tensor Pitch, Tensor Yaw, Tensor Roll) Rotations(Tensor pitch, Tensor yaw, Tensor roll)
    {
        var (zero, one) = (zeros_like(pitch), ones_like(pitch));
        Tensor Matrix(params Tensor[] entries) => stack(entries, 1).reshape(-1, 3, 3);
        Tensor cos = pitch.cos(), sin = pitch.sin();
        var aroundX = Matrix(one, zero, zero, zero, cos, -sin, zero, sin, cos);
        (cos, sin) = (yaw.cos(), yaw.sin());
        var aroundY = Matrix(cos, zero, sin, zero, one, zero, -sin, zero, cos);
        (cos, sin) = (roll.cos(), roll.sin());
        var aroundZ = Matrix(cos, -sin, zero, sin, cos, zero, zero, zero, one);
        return (aroundX, aroundY, aroundZ);
    }
}
