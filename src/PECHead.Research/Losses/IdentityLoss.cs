using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>mean |I − M|: a map that goes there and back must end where it began.</summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model, Sec. 3.1, for Jacobians of a bent frame; Articulated Animation, for principal axes; Thin-Plate
/// Spline Motion Model, Sec. 3.5, for the background's motion and its reverse.
/// </remarks>
internal static class IdentityLoss
{
    /// <summary>Evaluates the term.</summary>
    /// <param name="maps">M: [N, ..., D, D].</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor Evaluate(Tensor maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        if (maps.IsInvalid || maps.ndim < 2 || maps.numel() == 0 || maps.size(-1) != maps.size(-2))
            throw new ArgumentException("Expected square matrices [N, ..., D, D].", nameof(maps));
        using var scope = NewDisposeScope();
        return (eye(maps.size(-1), dtype: maps.dtype, device: maps.device) - maps).abs().mean().MoveToOuterDisposeScope();
    }
}
