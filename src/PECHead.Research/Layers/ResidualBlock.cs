using PECHead.Research.Acceleration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Pre-activation residual block: x + Conv(ReLU(Norm(Conv(ReLU(Norm(x)))))), both convolutions 3x3.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model, bottleneck of the generator.</remarks>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>, IInferenceForm
{
    [ComponentName(Name = "norm1")] private readonly BatchNorm2d _norm1;
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "norm2")] private BatchNorm2d? _norm2;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public ResidualBlock(long channels) : base(nameof(ResidualBlock))
    {
        _norm1 = nn.BatchNorm2d(channels);
        _conv1 = nn.Conv2d(channels, channels, 3, padding: 1);
        _norm2 = nn.BatchNorm2d(channels);
        _conv2 = nn.Conv2d(channels, channels, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, channels, H, W].</param>
    /// <returns>Features of the same shape.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(_norm1.call(input).relu_());
        residual = _conv2.call(NormFolding.Apply(_norm2, residual).relu_());
        return residual.add_(input).MoveToOuterDisposeScope();
    }

    void IInferenceForm.Simplify() => NormFolding.Fold(_conv1, ref _norm2);
}
