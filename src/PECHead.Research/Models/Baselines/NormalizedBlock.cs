using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Convolution, normalisation, ReLU, with a change of size before or after them.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model's blocks, which other methods normalise otherwise or give a third axis.</remarks>
internal sealed class NormalizedBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly nn.Module<Tensor, Tensor> _conv;
    [ComponentName(Name = "norm")] private readonly nn.Module<Tensor, Tensor> _norm;
    private readonly Func<Tensor, Tensor>? _before, _after;

    /// <summary>Puts the block together.</summary>
    /// <param name="conv">The convolution.</param>
    /// <param name="norm">The normalisation of its results.</param>
    /// <param name="before">A change of size in front; null: none.</param>
    /// <param name="after">A change of size behind; null: none.</param>
    public NormalizedBlock(nn.Module<Tensor, Tensor> conv, nn.Module<Tensor, Tensor> norm, Func<Tensor, Tensor>? before = null, Func<Tensor, Tensor>? after = null)
        : base(nameof(NormalizedBlock))
    {
        (_conv, _norm, _before, _after) = (conv, norm, before, after);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, C, H, W], or a volume [N, C, D, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _norm.call(_conv.call(_before?.Invoke(input) ?? input)).relu_();
        return (_after?.Invoke(features) ?? features).MoveToOuterDisposeScope();
    }
}
