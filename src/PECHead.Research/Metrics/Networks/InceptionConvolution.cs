using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>Convolution without bias, batch normalisation of ε = 0.001, ReLU.</summary>
internal sealed class InceptionConvolution : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-3;

    [ComponentName(Name = "conv")] private readonly Conv2d _convolution;
    [ComponentName(Name = "bn")] private readonly BatchNorm2d _norm;

    public InceptionConvolution(long inChannels, long outChannels, (long, long) kernel, (long, long) padding, long stride = 1)
        : base(nameof(InceptionConvolution))
    {
        _convolution = nn.Conv2d(inChannels, outChannels, kernel, (stride, stride), padding, bias: false);
        _norm = nn.BatchNorm2d(outChannels, Epsilon);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _norm.call(_convolution.call(input)).relu_().MoveToOuterDisposeScope();
    }
}
