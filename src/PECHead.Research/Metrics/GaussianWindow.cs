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

    /// <summary>
    /// Compares two batches: <c>Similarity</c> is luminance times contrast-structure, <c>Structure</c> the second factor
    /// alone; means over the window positions of every channel.
    /// </summary>
    /// <param name="x">[N, C, H, W] in [0, 255], float64, sides of at least <see cref="Side"/>.</param>
    /// <param name="y">The same shape.</param>
    /// <returns>Two tensors [N, C].</returns>
    public static (Tensor Similarity, Tensor Structure) Compare(Tensor x, Tensor y)
    {
        Tensor meanX = Blur(x), meanY = Blur(y);
        var varianceX = Blur(x.square()) - meanX.square();
        var varianceY = Blur(y.square()) - meanY.square();
        var covariance = Blur(x * y) - meanX * meanY;
        var structure = (2 * covariance + C2) / (varianceX + varianceY + C2);
        var luminance = (2 * meanX * meanY + C1) / (meanX.square() + meanY.square() + C1);
        return ((luminance * structure).mean([2, 3]), structure.mean([2, 3]));
    }

    // The Gaussian is separable: two passes of 11 taps instead of one of 121.
    private static Tensor Blur(Tensor image)
    {
        long channels = image.size(1);
        var taps = Taps(image.device).expand(channels, 1, 1, Side).contiguous();
        var rows = nn.functional.conv2d(image, taps, groups: channels);
        return nn.functional.conv2d(rows, taps.transpose(2, 3).contiguous(), groups: channels);
    }

    private static Tensor Taps(Device device)
    {
        var taps = new double[Side];
        for (int i = 0; i < Side; i++)
            taps[i] = Math.Exp(-(i - Side / 2) * (i - Side / 2) / (2 * Sigma * Sigma));
        double total = taps.Sum();
        return tensor([.. taps.Select(tap => tap / total)], [1, 1, 1, Side], device: device);
    }
}
