using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// A 3x3 convolution with padding 1 and a change of size by two next to it, with nothing between them. Both are linear, so one convolution
/// on the smaller map does the same with 16 instead of 36 products; its kernel is a linear function of the weight.
/// </summary>
/// <remarks>
/// <b>Choice:</b> weight and bias have the names and shapes of a plain convolution; the joint kernel is made in the forward pass. Doubling:
/// a pixel of the result sees 2x2 pixels of the input, so the four parities are a 2x2 convolution with four times the outputs, whose maps
/// are then interleaved. Halving: a 4x4 convolution of stride 2.
/// </remarks>
internal sealed class ResampledConv2d : nn.Module<Tensor, Tensor>, ICountedArithmetic, IInferenceForm
{
    /// <summary>Pixels of the smaller maps of a batch from which on the joint form is faster: see docs/performance.md.</summary>
    internal const long JointPixels = 1024;

    private const double JointShare = 16.0 / 36;

    private static readonly long[] One = [1, 1];
    private static readonly long[] Two = [2, 2];

    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;
    private readonly Resampling _resampling;
    private readonly KeptKernel _kernel;

    /// <summary>Builds the layer with the start values of a convolution, U(±1/√fan-in).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="resampling">The change of size.</param>
    public ResampledConv2d(long inChannels, long outChannels, Resampling resampling) : base(nameof(ResampledConv2d))
    {
        double bound = 1 / Math.Sqrt(inChannels * 9);
        _weight = Learned.From(empty(outChannels, inChannels, 3, 3).uniform_(-bound, bound));
        _bias = Learned.From(empty(outChannels).uniform_(-bound, bound));
        _resampling = resampling;
        _kernel = new KeptKernel(JointKernel);
        RegisterComponents();
    }

    /// <summary>Applies both.</summary>
    /// <param name="input">Features [N, in, H, W].</param>
    /// <returns>Features [N, out, 2H, 2W] or [N, out, ⌊H/2⌋, ⌊W/2⌋].</returns>
    public override Tensor forward(Tensor input) => IsJoint(input) ? Jointly(input) : InTwoSteps(input);

    /// <summary>The one convolution.</summary>
    internal Tensor Jointly(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = _kernel.Current();
        var result = _resampling == Resampling.HalvedAfter
            ? nn.functional.conv2d(input, weight, bias, Two, One)
            : Interleaving.Join(nn.functional.conv2d(input, weight, bias, padding: One));
        return result.MoveToOuterDisposeScope();
    }

    private (Tensor Weight, Tensor Bias) JointKernel()
    {
        var type = _weight.dtype == ScalarType.BFloat16 ? ScalarType.Float32 : _weight.dtype;
        // Sums of the weights under a window of 2x2 that moves over the kernel: [out, in, 4, 4].
        var sums = nn.functional.avg_pool2d(_weight.to(type), 2, 1, 1, divisor_override: 1);
        if (_resampling == Resampling.HalvedAfter) return ((sums / 4).to(_weight.dtype), _bias.alias());
        // Along each axis sum 2t + p is tap t of the kernel of parity p. Interleaving wants odd pixels before even ones.
        var (outputs, inputs) = (_weight.size(0), _weight.size(1));
        var kernels = sums.permute(0, 2, 3, 1).reshape(outputs, 2, 2, 2, 2, inputs).permute(2, 4, 0, 1, 3, 5).flip(0, 1)
            .reshape(4 * outputs, 2, 2, inputs).permute(0, 3, 1, 2);
        return (kernels.to(_weight.dtype), _bias.repeat(4));
    }

    /// <summary>The convolution and the change of size one after the other.</summary>
    internal Tensor InTwoSteps(Tensor input)
    {
        using var scope = NewDisposeScope();
        var result = _resampling == Resampling.DoubledBefore
            ? nn.functional.conv2d(Upsampling.Nearest(input), _weight, _bias, padding: One)
            : nn.functional.avg_pool2d(nn.functional.conv2d(input, _weight, _bias, padding: One), 2);
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Products(Tensor input, Tensor output)
    {
        double plain = (double)output.numel() * _weight.numel() / _weight.size(0) * (_resampling == Resampling.HalvedAfter ? 4 : 1);
        return plain * (IsJoint(input) ? JointShare : 1);
    }

    void IInferenceForm.Simplify() => _kernel.Keep();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _kernel.Dispose();
        base.Dispose(disposing);
    }

    // Making the joint kernel costs as much as some hundred pixels, whatever the channels.
    private bool IsJoint(Tensor input)
    {
        long pixels = input.size(0) * input.size(2) * input.size(3);
        return (_resampling == Resampling.HalvedAfter ? pixels / 4 : pixels) >= JointPixels;
    }
}
