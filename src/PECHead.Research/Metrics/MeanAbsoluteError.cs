using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>L1: mean |x̂ − x| over pixels and channels of a frame, RGB in [0, 1].</summary>
/// <remarks><b>Paper:</b> PECHead, Sec. 4.2; First Order Motion Model averages over frames in the same way.</remarks>
public sealed class MeanAbsoluteError : FrameMetric
{
    /// <inheritdoc/>
    public override string Name => "L1";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    protected override Tensor PerFrame(Tensor generated, Tensor driving) =>
        (generated - driving).abs().mean([1, 2, 3]);
}
