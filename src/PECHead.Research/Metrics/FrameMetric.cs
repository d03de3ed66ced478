using PECHead.Research.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>A number per generated frame, averaged over all frames that were shown to it.</summary>
/// <remarks>Sums run in float64 over frames, so a short last batch weighs no more than its frames.</remarks>
public abstract class FrameMetric : MeanMetric
{
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
        Tensor x = generated.to(ScalarType.Float64), y = driving.to(ScalarType.Float64);
        // Clamping to the range of a picture would hide infinities from the check of the values.
        if (!double.IsFinite(x.sum().ToDouble()) || !double.IsFinite(y.sum().ToDouble()))
            throw new ArgumentException($"{Name}: these frames hold NaN or infinity.", nameof(generated));
        double[] values = PerFrame(x, y).cpu().data<double>().ToArray();
        Take(values, new string?[values.Length]);
    }

    /// <summary>Computes the metric of each frame.</summary>
    /// <param name="generated">Frames [N, 3, H, W], RGB in [0, 1], float64.</param>
    /// <param name="driving">Frames of the same shape, float64.</param>
    /// <returns>[N], float64.</returns>
    protected abstract Tensor PerFrame(Tensor generated, Tensor driving);

    /// <summary>The values that a stored picture has: whole numbers 0 to 255.</summary>
    /// <param name="frames">RGB in [0, 1].</param>
    protected static Tensor ToEightBit(Tensor frames) => (frames * 255).round().clamp(0, 255);

    private protected sealed override void MergeState(MeanMetric other)
    {
    }

    private protected sealed override void ResetState()
    {
    }
}
