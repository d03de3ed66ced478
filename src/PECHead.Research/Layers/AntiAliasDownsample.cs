using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Gaussian blur followed by taking every n-th pixel, so that a reduced image shows no aliasing.</summary>
/// <remarks>
/// <b>Paper:</b> First Order Motion Model: σ = (n − 1)/2, kernel side 2·round(4σ) + 1, zero padding, the first sample at
/// pixel 0. The kernel is the buffer <c>weight</c> [C, 1, k, k], so it appears in checkpoints.
/// The convolution strides by n, which computes only the pixels that are kept.
/// </remarks>
internal sealed class AntiAliasDownsample : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Tensor _weight;
    private readonly long[] _stride;
    private readonly long[] _padding;

    /// <summary>Builds the filter.</summary>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="factor">n: how many times smaller the result is, at least 1; 1 leaves the image as it is.</param>
    public AntiAliasDownsample(long channels, int factor) : base(nameof(AntiAliasDownsample))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        double sigma = (factor - 1) / 2.0;
        int radius = (int)Math.Round(4 * sigma, MidpointRounding.ToEven);
        _weight = Kernel(sigma, radius, channels).DetachFromDisposeScope();
        _stride = [factor, factor];
        _padding = [radius, radius];
        Channels = channels;
        Factor = factor;
        RegisterComponents();
    }

    /// <summary>Channels of the images.</summary>
    public long Channels { get; }

    /// <summary>How many times smaller the result is.</summary>
    public int Factor { get; }

    /// <summary>Reduces images.</summary>
    /// <param name="input">Images [N, C, H, W].</param>
    /// <returns>Images [N, C, ⌈H/n⌉, ⌈W/n⌉], same range.</returns>
    public override Tensor forward(Tensor input) => Factor == 1
        ? input.alias()
        : nn.functional.conv2d(input, _weight, null, _stride, _padding, groups: Channels);

    private static Tensor Kernel(double sigma, int radius, long channels)
    {
        using var scope = NewDisposeScope();
        var taps = GaussianTaps.Create(sigma, radius);
        return outer(taps, taps).to(ScalarType.Float32).repeat(channels, 1, 1, 1).MoveToOuterDisposeScope();
    }
}
