using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Pre-activation residual block with instance normalisation: x + Conv(ReLU(Norm(Conv(ReLU(Norm(x)))))).</summary>
internal sealed class InstanceResidualBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "norm1")] private readonly InstanceNorm2d _norm1;
    [ComponentName(Name = "norm2")] private readonly InstanceNorm2d _norm2;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public InstanceResidualBlock(long channels) : base(nameof(InstanceResidualBlock))
    {
        _conv1 = nn.Conv2d(channels, channels, 3, padding: 1);
        _conv2 = nn.Conv2d(channels, channels, 3, padding: 1);
        _norm1 = nn.InstanceNorm2d(channels, affine: true);
        _norm2 = nn.InstanceNorm2d(channels, affine: true);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, channels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(_norm1.call(input).relu_());
        return _conv2.call(_norm2.call(residual).relu_()).add_(input).MoveToOuterDisposeScope();
    }
}
