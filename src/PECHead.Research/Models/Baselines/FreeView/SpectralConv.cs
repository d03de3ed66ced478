using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>A convolution with spectral normalisation that keeps both vectors of the power iteration, as published files do.</summary>
/// <remarks><b>Paper:</b> Miyato et al. 2018, Algorithm 1: one step a forward pass in training; the stored vectors otherwise.</remarks>
internal sealed class SpectralConv : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "bias")] private readonly Parameter? _bias;
    [ComponentName(Name = "weight_orig")] private readonly Parameter _weight;
    [ComponentName(Name = "weight_u")] private readonly Tensor _left;
    [ComponentName(Name = "weight_v")] private readonly Tensor _right;
    private readonly long _padding;
    private bool _isNormalized;

    /// <summary>Builds the convolution; the border is padded with zeros.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Odd side of the kernel.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public SpectralConv(long inChannels, long outChannels, long kernelSize, bool bias = true) : base(nameof(SpectralConv))
    {
        using var drawn = nn.Conv2d(inChannels, outChannels, kernelSize, bias: bias);
        _weight = Learned.From(drawn.weight.detach().clone());
        if (bias) _bias = Learned.From(drawn.bias!.detach().clone());
        using (NewDisposeScope())
        {
            using var noGradient = no_grad();
            var left = full([outChannels], 1 / Math.Sqrt(outChannels));
            _right = PowerIteration.Right(_weight.flatten(1), left).DetachFromDisposeScope();
            _left = left.DetachFromDisposeScope();
        }
        _padding = kernelSize / 2;
        RegisterComponents();
    }

    /// <summary>Applies the convolution.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (training) Iterate(_weight.flatten(1));
        return nn.functional.conv2d(input, Weight, _bias, null, [_padding, _padding]).MoveToOuterDisposeScope();
    }

    /// <summary>The weight that is applied, [outChannels, inChannels, k, k], in the caller's dispose scope.</summary>
    public Tensor Weight
    {
        get
        {
            if (_isNormalized) return _weight.alias();
            using var scope = NewDisposeScope();
            return (_weight / PowerIteration.Sigma(_left, _weight.flatten(1), _right)).MoveToOuterDisposeScope();
        }
    }

    void IInferenceForm.Simplify()
    {
        if (_isNormalized) return;
        using (var weight = Weight) _weight.copy_(weight);
        _isNormalized = true;
    }

    private void Iterate(Tensor matrix)
    {
        using var noGradient = no_grad();
        _right.copy_(PowerIteration.Right(matrix, _left));
        _left.copy_(PowerIteration.Left(matrix, _right));
    }
}
