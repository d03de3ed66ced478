using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>The filter [1, 3, 3, 1] in both directions, at unchanged resolution or with doubled sides.</summary>
/// <remarks><b>Paper:</b> StyleGAN2, Sec. 3. The kernel is a buffer, so it appears in files.</remarks>
internal sealed class BinomialFilter : nn.Module<Tensor, Tensor>
{
    private const long Taps = 4;
    private static readonly float[] Row = [1, 3, 3, 1];
    private static readonly long[] Twice = [2, 2];

    [ComponentName(Name = "kernel")] private readonly Tensor _kernel;
    private readonly Func<Tensor, Tensor, Tensor> _apply;

    private BinomialFilter(double gain, Func<Tensor, Tensor, Tensor> apply) : base(nameof(BinomialFilter))
    {
        using (NewDisposeScope())
        {
            var row = tensor(Row);
            _kernel = (outer(row, row) * (gain / Row.Sum() / Row.Sum())).DetachFromDisposeScope();
        }
        _apply = apply;
        RegisterComponents();
    }

    /// <summary>A filter that keeps the resolution, but for the padding: the sides change by twice the padding less 3.</summary>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="gain">What the kernel sums to.</param>
    public static BinomialFilter Blur(long padding, double gain = 1) =>
        new(gain, (features, kernel) => nn.functional.conv2d(features, kernel, null, null, [padding, padding], groups: features.size(1)));

    /// <summary>A filter that doubles the sides.</summary>
    public static BinomialFilter Double() =>
        new(Taps, (features, kernel) => nn.functional.conv_transpose2d(features, kernel, null, Twice, [1, 1], groups: features.size(1)));

    /// <summary>Applies the filter.</summary>
    /// <param name="input">Features [N, C, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _apply(input, _kernel.expand(input.size(1), 1, Taps, Taps)).MoveToOuterDisposeScope();
    }
}
