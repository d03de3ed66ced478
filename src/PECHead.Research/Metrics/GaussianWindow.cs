using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>Local statistics of the structural similarity: means under an 11x11 Gaussian of σ = 1.5, border left out.</summary>
internal static class GaussianWindow
{
    /// <summary>Side of the window in pixels.</summary>
    public const int Side = 11;

    private const double Sigma = 1.5;
    private const double C1 = (0.01 * 255) * (0.01 * 255);
    private const double C2 = (0.03 * 255) * (0.03 * 255);
    private static readonly double[] Taps = BuildTaps();

    /// <summary>
    /// Compares two batches: <c>Similarity</c> is luminance times contrast-structure, <c>Structure</c> the second factor
    /// alone; means over the window positions of every channel.
    /// </summary>
    /// <param name="x">[N, C, H, W] in [0, 255], float64, sides of at least <see cref="Side"/>.</param>
    /// <param name="y">The same shape.</param>
    /// <returns>Two tensors [N, C].</returns>
    public static (Tensor Similarity, Tensor Structure) Compare(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        Tensor meanX = Blur(x), meanY = Blur(y);
        var varianceX = Blur(x.square()) - meanX.square();
        var varianceY = Blur(y.square()) - meanY.square();
        var covariance = Blur(x * y) - meanX * meanY;
        var structure = (2 * covariance + C2) / (varianceX + varianceY + C2);
        var luminance = (2 * meanX * meanY + C1) / (meanX.square() + meanY.square() + C1);
        return ((luminance * structure).mean([2, 3]).MoveToOuterDisposeScope(), structure.mean([2, 3]).MoveToOuterDisposeScope());
    }

    // The Gaussian is separable: eleven shifted copies along each axis. A convolution takes
    // several times as long in float64.
    private static Tensor Blur(Tensor image) => Sweep(Sweep(image, 3), 2);

    private static Tensor Sweep(Tensor image, int axis)
    {
        long length = image.size(axis) - Side + 1;
        var sum = image.narrow(axis, 0, length) * Taps[0];
        for (int i = 1; i < Side; i++)
            sum.add_(image.narrow(axis, i, length), Taps[i]);
        return sum;
    }

    private static double[] BuildTaps()
    {
        using var taps = GaussianTaps.Create(Sigma, Side / 2);
        return taps.data<double>().ToArray();
    }
}
