using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Convolution, instance normalisation, ReLU; the sides stay, halve afterwards or double before.</summary>
/// <remarks><b>Paper:</b> the blocks of First Order Motion Model, as Thin-Plate Spline Motion Model normalises them.</remarks>
internal sealed class InstanceBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly Conv2d _conv;
    [ComponentName(Name = "norm")] private readonly InstanceNorm2d _norm;
    private readonly Func<Tensor, Tensor> _before, _after;

    private InstanceBlock(long inChannels, long outChannels, long kernelSize, Func<Tensor, Tensor> before, Func<Tensor, Tensor> after) : base(nameof(InstanceBlock))
    {
        _conv = nn.Conv2d(inChannels, outChannels, kernelSize, padding: kernelSize / 2);
        _norm = nn.InstanceNorm2d(outChannels, affine: true);
        (_before, _after) = (before, after);
        RegisterComponents();
    }

    /// <summary>A block that keeps the resolution.</summary>
    public static InstanceBlock Same(long inChannels, long outChannels, long kernelSize) => new(inChannels, outChannels, kernelSize, Keep, Keep);

    /// <summary>A block that halves both sides.</summary>
    public static InstanceBlock Down(long inChannels, long outChannels) => new(inChannels, outChannels, 3, Keep, features => nn.functional.avg_pool2d(features, 2));

    /// <summary>A block that doubles both sides.</summary>
    public static InstanceBlock Up(long inChannels, long outChannels) => new(inChannels, outChannels, 3, Upsampling.Nearest, Keep);

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _after(_norm.call(_conv.call(_before(input))).relu_()).MoveToOuterDisposeScope();
    }

    private static Tensor Keep(Tensor features) => features;
}
