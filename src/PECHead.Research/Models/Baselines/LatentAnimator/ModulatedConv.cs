using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>A convolution whose weights a code scales, channel by channel of the input.</summary>
/// <remarks>
/// <b>Paper:</b> StyleGAN2, Sec. 2.2, Eq. 1 and 3. The features are scaled instead of the weights, and the result is divided by the length of the scaled
/// weights: the same numbers without a weight for each frame.
/// </remarks>
internal sealed class ModulatedConv : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Epsilon = 1e-8;
    private static readonly long[] Twice = [2, 2];

    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "modulation")] private readonly EqualizedLinear _modulation;
    [ComponentName(Name = "blur")] private readonly BinomialFilter? _blur;
    private readonly bool _demodulates;
    private readonly double _scale;
    private readonly long _padding;

    /// <summary>Builds the convolution.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Side of the kernel.</param>
    /// <param name="codeSize">Numbers of the code.</param>
    /// <param name="doubles">Whether both sides double.</param>
    /// <param name="demodulates">Whether the result is divided by the length of the scaled weights.</param>
    public ModulatedConv(long inChannels, long outChannels, long kernelSize, long codeSize, bool doubles, bool demodulates) : base(nameof(ModulatedConv))
    {
        _weight = Learned.From(randn([1, outChannels, inChannels, kernelSize, kernelSize]));
        _modulation = new EqualizedLinear(codeSize, inChannels, bias: 1);
        if (doubles) _blur = BinomialFilter.Blur(1, gain: 4);
        (_demodulates, _scale, _padding) = (demodulates, 1 / Math.Sqrt(inChannels * kernelSize * kernelSize), kernelSize / 2);
        RegisterComponents();
    }

    /// <summary>Applies the convolution.</summary>
    /// <param name="input1">Features [N, inChannels, H, W].</param>
    /// <param name="input2">Codes [N, codeSize].</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var style = _modulation.call(input2);                                            // [N, in]
        var weight = _weight.squeeze(0) * _scale;                                        // [out, in, k, k]
        var features = input1 * style.unsqueeze(-1).unsqueeze(-1);
        features = _blur is null
            ? nn.functional.conv2d(features, weight, null, null, [_padding, _padding])
            : _blur.call(nn.functional.conv_transpose2d(features, weight.transpose(0, 1), null, Twice));
        if (_demodulates)
        {
            var squares = style.square().matmul(weight.square().sum([2, 3]).t());        // [N, out]
            features = features * (squares + Epsilon).rsqrt().unsqueeze(-1).unsqueeze(-1);
        }
        return features.MoveToOuterDisposeScope();
    }
}
