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
        logits = FullPrecision.Of(logits);
        var bins = arange(logits.size(-1), dtype: logits.dtype, device: logits.device);
        return (((logits.softmax(-1) * bins).sum([-1]) * BinDegrees) + firstBin).MoveToOuterDisposeScope();
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
