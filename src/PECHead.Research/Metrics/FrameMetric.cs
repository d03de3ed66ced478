using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>A number per generated frame, averaged over all frames that were shown to it.</summary>
/// <remarks>Sums run in float64 over frames, so a short last batch weighs no more than its frames.</remarks>
public abstract class FrameMetric
{
    private double _sum;

    /// <summary>Name as in tables.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a larger number is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>Frames seen so far.</summary>
    public long Count { get; private set; }

    /// <summary>Takes in a batch.</summary>
    /// <param name="generated">Frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="driving">Frames of the same shape: what should have been generated.</param>
    /// <exception cref="ArgumentException">Shapes that differ, or values that are not finite.</exception>
    public void Update(Tensor generated, Tensor driving)
    {
        TensorGuard.Shape(generated, nameof(generated), TensorGuard.Any, 3, TensorGuard.Any, TensorGuard.Any);
        TensorGuard.Shape(driving, nameof(driving), generated.shape);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var values = PerFrame(generated.to(ScalarType.Float64), driving.to(ScalarType.Float64));
        double sum = values.sum().ToDouble();
        if (!double.IsFinite(sum))
            throw new ArgumentException($"{Name} of these frames is not finite: do they hold NaN?", nameof(generated));
        _sum += sum;
        Count += generated.size(0);
    }

    /// <summary>The mean over all frames so far.</summary>
    /// <exception cref="InvalidOperationException">No frame yet.</exception>
    public double Compute() =>
        Count > 0 ? _sum / Count : throw new InvalidOperationException($"{Name}: no frames to average.");

    /// <summary>Forgets all frames.</summary>
    public void Reset() => (_sum, Count) = (0, 0);

    /// <summary>Computes the metric of each frame.</summary>
    /// <param name="generated">Frames [N, 3, H, W], RGB in [0, 1], float64.</param>
    /// <param name="driving">Frames of the same shape, float64.</param>
    /// <returns>[N], float64.</returns>
    protected abstract Tensor PerFrame(Tensor generated, Tensor driving);

    /// <summary>The values that a stored picture has: whole numbers 0 to 255.</summary>
    /// <param name="frames">RGB in [0, 1].</param>
    protected static Tensor ToEightBit(Tensor frames) => (frames * 255).round().clamp(0, 255);
}
