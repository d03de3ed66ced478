using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Pre-activation residual block: x + Conv(ReLU(Norm(Conv(ReLU(Norm(x)))))).</summary>
internal sealed class PreActivationBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly nn.Module<Tensor, Tensor> _conv1;
    [ComponentName(Name = "conv2")] private readonly nn.Module<Tensor, Tensor> _conv2;
    [ComponentName(Name = "norm1")] private readonly nn.Module<Tensor, Tensor> _norm1;
    [ComponentName(Name = "norm2")] private readonly nn.Module<Tensor, Tensor> _norm2;

    /// <summary>Builds the block.</summary>
    /// <param name="conv">Makes a convolution that keeps size and channels.</param>
    /// <param name="norm">Makes a normalisation.</param>
    public PreActivationBlock(Func<nn.Module<Tensor, Tensor>> conv, Func<nn.Module<Tensor, Tensor>> norm) : base(nameof(PreActivationBlock))
    {
        (_conv1, _conv2, _norm1, _norm2) = (conv(), conv(), norm(), norm());
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, C, H, W], or a volume [N, C, D, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = _conv1.call(_norm1.call(input).relu_());
        return _conv2.call(_norm2.call(residual).relu_()).add_(input).MoveToOuterDisposeScope();
    }
}
