using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>SSIM on 8-bit RGB: 11x11 Gaussian window of σ = 1.5, full windows only, mean over channels.</summary>
/// <remarks><b>Paper:</b> Wang et al. 2004, with K1 = 0.01, K2 = 0.03 and the variance of the window itself.</remarks>
public sealed class StructuralSimilarity : FrameMetric
{
    /// <inheritdoc/>
    public override string Name => "SSIM";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    protected override Tensor PerFrame(Tensor generated, Tensor driving)
    {
        RequireWindow(generated);
        return GaussianWindow.Compare(ToEightBit(generated), ToEightBit(driving)).Similarity.mean([1]);
    }

    private static void RequireWindow(Tensor frames)
    {
        if (Math.Min(frames.size(2), frames.size(3)) < GaussianWindow.Side)
            throw new ArgumentException($"SSIM needs frames of at least {GaussianWindow.Side} px.", nameof(frames));
    }
}
