using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>A modulated deformable convolution that owns its weight and bias; offsets and mask are given.</summary>
internal sealed class DeformableConv2d : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;
    private readonly long _padding;

    /// <summary>Builds the layer; the resolution stays as it is.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Odd side of the kernel in pixels.</param>
    /// <remarks><b>Choice:</b> start values as of a convolution: U(±1/√fan-in).</remarks>
    public DeformableConv2d(long inChannels, long outChannels, long kernelSize = 3) : base(nameof(DeformableConv2d))
    {
        double bound = 1 / Math.Sqrt(inChannels * kernelSize * kernelSize);
        _weight = Learned.From(empty(outChannels, inChannels, kernelSize, kernelSize).uniform_(-bound, bound));
        _bias = Learned.From(empty(outChannels).uniform_(-bound, bound));
        _padding = kernelSize / 2;
        RegisterComponents();
    }

    /// <summary>Makes the layer give its input, where its middle tap looks, times a factor.</summary>
    /// <param name="factor">What the middle tap multiplies by.</param>
    public void TakeCentre(double factor)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _weight.zero_();
        _bias.zero_();
        _weight.select(3, _padding).select(2, _padding).copy_(factor * eye(_weight.size(0), _weight.size(1)));
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">[N, inChannels, H, W].</param>
    /// <param name="offset">[N, 2·G·k², H, W] in pixels, see <see cref="DeformableConvolution.Apply"/>.</param>
    /// <param name="mask">[N, G·k², H, W].</param>
    /// <returns>[N, outChannels, H, W].</returns>
    public override Tensor forward(Tensor input, Tensor offset, Tensor mask)
        => DeformableConvolution.Apply(input, offset, _weight, _bias, padding: (_padding, _padding), mask: mask);
}
