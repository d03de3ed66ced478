using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>
/// MS-SSIM on 8-bit RGB: five scales by 2x2 means, contrast-structure at the first four, full SSIM at the last, the
/// product of their powers, mean over channels.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 4.2; Wang, Simoncelli and Bovik 2003 for the weights. Negative factors count as 0.
/// Five scales of an 11 px window need more than 160 px: smaller frames are first enlarged to 256 px (bilinear), and the
/// name says so, because such a number compares only with numbers made the same way.
/// </remarks>
public sealed class MultiScaleStructuralSimilarity : FrameMetric
{
    private const int EnlargedSide = 256;
    private static readonly double[] Weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
    private static readonly int SmallestSide = ((GaussianWindow.Side - 1) << (Weights.Length - 1)) + 1;

    private readonly bool _enlarge;

    /// <summary>Builds the metric for frames of one size.</summary>
    /// <param name="side">Smaller side of the frames in pixels.</param>
    public MultiScaleStructuralSimilarity(int side)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        _enlarge = side < SmallestSide;
    }

    /// <inheritdoc/>
    public override string Name => _enlarge ? $"MS-SSIM@{EnlargedSide}" : "MS-SSIM";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    protected override Tensor PerFrame(Tensor generated, Tensor driving)
    {
        if (Math.Min(generated.size(2), generated.size(3)) < SmallestSide != _enlarge)
            throw new ArgumentException($"{Name} was built for frames of another size than {generated.size(3)} x {generated.size(2)}.");
        Tensor x = Prepare(generated), y = Prepare(driving);
        Tensor? product = null;
        for (int scale = 0; scale < Weights.Length; scale++)
        {
            if (scale > 0)
                (x, y) = (Halve(x), Halve(y));
            var (similarity, structure) = GaussianWindow.Compare(x, y);
            var factor = (scale == Weights.Length - 1 ? similarity : structure).relu().pow(Weights[scale]);
            product = product is null ? factor : product * factor;
        }
        return product!.mean([1]);
    }

    private Tensor Prepare(Tensor frames)
    {
        var pixels = ToEightBit(frames);
        return _enlarge
            ? nn.functional.interpolate(
                pixels, [EnlargedSide, EnlargedSide], mode: InterpolationMode.Bilinear, align_corners: false)
            : pixels;
    }

    // An odd side is padded with one zero at either end, which count as pixels.
    private static Tensor Halve(Tensor image) =>
        nn.functional.avg_pool2d(image, (2, 2), (2, 2), (image.size(2) % 2, image.size(3) % 2));
}
