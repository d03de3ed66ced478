using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>Smooths a motion over time without delay: a Kalman filter forwards, then Rauch, Tung and Striebel's pass backwards.</summary>
/// <remarks>
/// Every value walks at random and is observed with noise, independently of the others: state and observation are the value itself, and all
/// covariances are multiples of the identity. The first value is the first observation, of variance 1.
/// </remarks>
internal static class MotionSmoother
{
    private const double StepVariance = 1e-5;

    /// <summary>Smooths a sequence.</summary>
    /// <param name="sequence">[T, ...].</param>
    /// <param name="variance">Of an observation, above 0; larger ones smooth more.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Smooth(Tensor sequence, double variance)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(variance);
        using var scope = NewDisposeScope();
        var (filtered, spreads) = (new List<Tensor>(), new List<double>());
        double spread = 1;
        for (var t = 0; t < sequence.size(0); t++)
        {
            if (t > 0) spread = spreads[^1] + StepVariance;
            double gain = spread / (spread + variance);
            var (observed, predicted) = (sequence[t], t == 0 ? sequence[0] : filtered[^1]);
            filtered.Add(predicted + ((observed - predicted) * gain));
            spreads.Add(spread * (1 - gain));
        }
        for (var t = filtered.Count - 2; t >= 0; t--)
            filtered[t] = filtered[t] + ((filtered[t + 1] - filtered[t]) * (spreads[t] / (spreads[t] + StepVariance)));
        return stack(filtered, 0).MoveToOuterDisposeScope();
    }
}
