using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>A modulated deformable convolution that owns its weight and bias; offsets and mask are given.</summary>
internal sealed class DeformableConv2d : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly long _padding;

    /// <summary>Builds the layer; the resolution stays as it is.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Odd side of the kernel in pixels.</param>
    /// <remarks><b>Choice:</b> start values as of a convolution: U(±1/√fan-in).</remarks>
    public DeformableConv2d(long inChannels, long outChannels, long kernelSize = 3) : base(nameof(DeformableConv2d))
    {
        double bound = 1 / Math.Sqrt(inChannels * kernelSize * kernelSize);
        Register("weight", empty(outChannels, inChannels, kernelSize, kernelSize));
        Register("bias", empty(outChannels));
        _padding = kernelSize / 2;

        // The module owns its parameters, in whatever scope it was built.
        void Register(string name, Tensor values)
        {
            var parameter = nn.Parameter(values.uniform_(-bound, bound));
            parameter.DetachFromDisposeScope();
            register_parameter(name, parameter);
        }
    }

    // No fields: a module that changes device or number type replaces its parameters.
    private Parameter Weight => get_parameter("weight")!;

    private Parameter Bias => get_parameter("bias")!;

    /// <summary>Makes the layer give its input, where its middle tap looks, times a factor.</summary>
    /// <param name="factor">What the middle tap multiplies by.</param>
    public void TakeCentre(double factor)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Weight.zero_();
        Bias.zero_();
        Weight.select(3, _padding).select(2, _padding).copy_(factor * eye(Weight.size(0), Weight.size(1)));
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">[N, inChannels, H, W].</param>
    /// <param name="offset">[N, 2·G·k², H, W] in pixels, see <see cref="DeformableConvolution.Apply"/>.</param>
    /// <param name="mask">[N, G·k², H, W].</param>
    /// <returns>[N, outChannels, H, W].</returns>
    public override Tensor forward(Tensor input, Tensor offset, Tensor mask)
        => DeformableConvolution.Apply(input, offset, Weight, Bias, padding: (_padding, _padding), mask: mask);
}
