using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>PSNR in dB: 20·log₁₀(255 / √MSE) on 8-bit RGB, a frame at a time.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 4.2. <b>Choice:</b> 100 dB for equal frames, where the ratio is infinite.
/// </remarks>
public sealed class PeakSignalToNoise : FrameMetric
{
    /// <summary>Value given to equal frames, in dB.</summary>
    public const double Cap = 100;

    /// <inheritdoc/>
    public override string Name => "PSNR";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    protected override Tensor PerFrame(Tensor generated, Tensor driving)
    {
        var meanSquare = (ToEightBit(generated) - ToEightBit(driving)).square().mean([1, 2, 3]);
        return (20 * Math.Log10(255) - 10 * meanSquare.log10()).clamp(max: Cap);
    }
}
