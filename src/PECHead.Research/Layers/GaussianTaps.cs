using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Weights of a sampled Gaussian.</summary>
internal static class GaussianTaps
{
    /// <summary>exp(−x²/2σ²) at x = −radius … radius, divided by its sum.</summary>
    /// <param name="sigma">σ in pixels; 0 with a radius of 0 gives the one weight 1.</param>
    /// <param name="radius">Pixels on either side of the middle.</param>
    /// <returns>[2·radius + 1], float64, on the CPU.</returns>
    public static Tensor Create(double sigma, int radius)
    {
        using var scope = NewDisposeScope();
        var places = arange(-radius, radius + 1, ScalarType.Float64);
        return (places.square() * (-0.5 / Math.Max(sigma * sigma, 1e-12))).softmax(0).MoveToOuterDisposeScope();
    }
}
