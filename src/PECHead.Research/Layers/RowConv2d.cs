using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// A convolution with few outputs that keeps the size, for several neighbouring pixels of a row at once: their outputs become the outputs of
/// one convolution, whose stride is their number and whose kernel is as much wider.
/// </summary>
/// <remarks>
/// <b>Choice:</b> convolutions compute sixteen outputs at a time and leave most of them empty where there are three. Four pixels of a row
/// have twelve, for (k + 3)/k times the products. Channels last, the result is the wanted one without any copy. Weight and bias have the names
/// and shapes of a plain convolution.
/// </remarks>
internal sealed class RowConv2d : nn.Module<Tensor, Tensor>, ICountedArithmetic, IInferenceForm, INeutralStart
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;
    private readonly int _pixels;
    private readonly bool _startsAtZero;
    private readonly KeptKernel _kernel;

    /// <summary>Builds the layer with the start values of a convolution, U(±1/√fan-in).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Odd side of the kernel in pixels; the border is padded with zeros.</param>
    /// <param name="pixels">How many pixels of a row are computed at once.</param>
    /// <param name="startsAtZero">Whether the layer gives zeros before it is trained.</param>
    public RowConv2d(long inChannels, long outChannels, long kernelSize, int pixels, bool startsAtZero) : base(nameof(RowConv2d))
    {
        double bound = 1 / Math.Sqrt(inChannels * kernelSize * kernelSize);
        _weight = Learned.From(empty(outChannels, inChannels, kernelSize, kernelSize).uniform_(-bound, bound));
        _bias = Learned.From(empty(outChannels).uniform_(-bound, bound));
        (_pixels, _startsAtZero) = (pixels, startsAtZero);
        _kernel = new KeptKernel(Kernel);
        RegisterComponents();
    }

    /// <summary>Convolves.</summary>
    /// <param name="input">Features [N, in, H, W].</param>
    /// <returns>[N, out, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        long margin = _weight.size(2) / 2;
        if (input.size(3) % _pixels != 0) return nn.functional.conv2d(input, _weight, _bias, padding: [margin, margin]);
        using var scope = NewDisposeScope();
        var (weight, bias) = _kernel.Current();
        var rows = nn.functional.conv2d(input, weight, bias, [1, _pixels], [margin, margin]);       // [N, pixels·out, H, W / pixels]
        return rows.permute(0, 2, 3, 1).reshape(input.size(0), input.size(2), input.size(3), _weight.size(0)).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Products(Tensor input, Tensor output)
    {
        double plain = (double)output.numel() * _weight.numel() / _weight.size(0);
        return input.size(3) % _pixels != 0 ? plain : plain * (_weight.size(3) + _pixels - 1) / _weight.size(3);
    }

    void IInferenceForm.Simplify() => _kernel.Keep();

    void INeutralStart.StartNeutral()
    {
        if (_startsAtZero) NeutralStart.Zero(_weight, _bias);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _kernel.Dispose();
        base.Dispose(disposing);
    }

    // The kernel of each pixel is the plain one, moved by as many columns.
    private (Tensor Weight, Tensor Bias) Kernel()
    {
        var moved = Enumerable.Range(0, _pixels).Select(pixel => nn.functional.pad(_weight, [pixel, _pixels - 1 - pixel])).ToList();
        return (Accelerator.ChannelsLast(cat(moved, 0)), _bias.repeat(_pixels));
    }
}
