using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Convolution whose weight is divided by its largest singular value σ, so that the layer is 1-Lipschitz.</summary>
/// <remarks>
/// <b>Paper:</b> Miyato et al. 2018, Algorithm 1: one step of power iteration a forward pass in training, on the weight as
/// a matrix [out, in·k·k]; the gradient flows through σ = uᵀWv, not through u and v.
/// <b>Choice:</b> u starts as the constant unit vector: nothing random has to be agreed on.
/// </remarks>
internal sealed class SpectralConv2d : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly Conv2d _conv;
    [ComponentName(Name = "u")] private readonly Tensor _left;

    /// <summary>Builds the convolution, without padding, of stride 1.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Side of the kernel.</param>
    public SpectralConv2d(long inChannels, long outChannels, long kernelSize) : base(nameof(SpectralConv2d))
    {
        _conv = nn.Conv2d(inChannels, outChannels, kernelSize);
        _left = full([outChannels], 1 / Math.Sqrt(outChannels)).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Applies the convolution.</summary>
    /// <param name="input">Features [N, in, H, W].</param>
    /// <returns>Features [N, out, H − k + 1, W − k + 1].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var matrix = _conv.weight.flatten(1);
        var (u, v) = Iterate(matrix);
        var sigma = PowerIteration.Sigma(u, matrix, v);
        return nn.functional.conv2d(input, _conv.weight / sigma, _conv.bias).MoveToOuterDisposeScope();
    }

    private (Tensor U, Tensor V) Iterate(Tensor matrix)
    {
        using var noGradient = no_grad();
        var v = PowerIteration.Right(matrix, _left);
        if (!training) return (_left, v);
        var u = PowerIteration.Left(matrix, v);
        _left.copy_(u);
        return (u, PowerIteration.Right(matrix, u));
    }
}
