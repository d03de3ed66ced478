using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>A modulated convolution with a bias and an activation.</summary>
/// <remarks><b>Paper:</b> StyleGAN2, Sec. 2.1. Latent Image Animator adds no noise; the file has its weight all the same.</remarks>
internal sealed class StyledConv : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly ModulatedConv _conv;
    [ComponentName(Name = "noise")] private readonly UnusedNoise _noise;
    [ComponentName(Name = "activate")] private readonly BiasedActivation _activation;

    /// <summary>Builds the layer.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="codeSize">Numbers of the code.</param>
    /// <param name="doubles">Whether both sides double.</param>
    public StyledConv(long inChannels, long outChannels, long codeSize, bool doubles) : base(nameof(StyledConv))
    {
        _conv = new ModulatedConv(inChannels, outChannels, 3, codeSize, doubles, demodulates: true);
        _noise = new UnusedNoise();
        _activation = new BiasedActivation(outChannels);
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input1">Features [N, inChannels, H, W].</param>
    /// <param name="input2">Codes [N, codeSize].</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        return _activation.call(_conv.call(input1, input2)).MoveToOuterDisposeScope();
    }
}

/// <summary>The strength of a noise that is never added.</summary>
internal sealed class UnusedNoise : nn.Module
{
    [ComponentName(Name = "weight")] private readonly Tensor _weight;

    /// <summary>Keeps the number.</summary>
    public UnusedNoise() : base(nameof(UnusedNoise))
    {
        _weight = zeros(1).DetachFromDisposeScope();
        RegisterComponents();
    }
}

/// <summary>A learned map with which the decoder begins.</summary>
internal sealed class ConstantInput : nn.Module<long, Tensor>
{
    [ComponentName(Name = "input")] private readonly Parameter _input;

    /// <summary>Builds the map.</summary>
    /// <param name="channels">Its channels.</param>
    /// <param name="side">Its side in pixels.</param>
    public ConstantInput(long channels, long side) : base(nameof(ConstantInput))
    {
        _input = Learned.From(randn([1, channels, side, side]));
        RegisterComponents();
    }

    /// <summary>The map for each frame of a batch.</summary>
    /// <param name="input">N.</param>
    public override Tensor forward(long input) => _input.expand(input, -1, -1, -1);
}
