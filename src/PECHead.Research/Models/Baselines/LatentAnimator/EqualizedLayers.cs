using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>A convolution whose weights have the variance 1 and are divided by the root of their number when they are used.</summary>
/// <remarks><b>Paper:</b> Karras et al., StyleGAN2, 2020. No bias: <see cref="BiasedActivation"/> has it.</remarks>
internal sealed class EqualizedConv : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    private readonly double _scale;
    private readonly long[] _stride, _padding;

    /// <summary>Builds the convolution.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Side of the kernel.</param>
    /// <param name="stride">How many times smaller the output is.</param>
    /// <param name="padding">Zeros around the input.</param>
    public EqualizedConv(long inChannels, long outChannels, long kernelSize, long stride, long padding) : base(nameof(EqualizedConv))
    {
        _weight = Learned.From(randn([outChannels, inChannels, kernelSize, kernelSize]));
        _scale = 1 / Math.Sqrt(inChannels * kernelSize * kernelSize);
        (_stride, _padding) = ([stride, stride], [padding, padding]);
        RegisterComponents();
    }

    /// <summary>Applies the convolution.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.conv2d(input, _weight * _scale, null, _stride, _padding).MoveToOuterDisposeScope();
    }
}

/// <summary>A linear layer of the same kind, with a bias.</summary>
internal sealed class EqualizedLinear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;
    private readonly double _scale;

    /// <summary>Builds the layer.</summary>
    /// <param name="inSize">Numbers of the input.</param>
    /// <param name="outSize">Numbers of the output.</param>
    /// <param name="bias">What every bias begins as.</param>
    public EqualizedLinear(long inSize, long outSize, double bias = 0) : base(nameof(EqualizedLinear))
    {
        _weight = Learned.From(randn([outSize, inSize]));
        _bias = Learned.From(full([outSize], bias, ScalarType.Float32));
        _scale = 1 / Math.Sqrt(inSize);
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">[N, inSize].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(input, _weight * _scale, _bias).MoveToOuterDisposeScope();
    }
}

/// <summary>A bias, then a leaky ReLU that keeps the variance: slope 0.2, times √2.</summary>
internal sealed class BiasedActivation : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.2;

    [ComponentName(Name = "bias")] private readonly Parameter _bias;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the features.</param>
    public BiasedActivation(long channels) : base(nameof(BiasedActivation))
    {
        _bias = Learned.From(zeros([1, channels, 1, 1]));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Features [N, channels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.leaky_relu(input + _bias, Slope).mul_(Math.Sqrt(2)).MoveToOuterDisposeScope();
    }
}
