using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>All scales and shifts that a <see cref="ModulatedBlock"/> reads off its map, with fewer products than its layers one by one; for weights that no longer change.</summary>
/// <remarks>
/// <b>Choice:</b> the hidden maps of all normalisations come from one convolution, which does not see the enlarged map but the small one
/// (<see cref="EnlargedConvolution"/>). Scale and shift come from one convolution each. The skip is linear: what its 1x1 convolution makes of its shift is one convolution
/// of the hidden map with as few outputs as the skip has. It has no weights of its own.
/// </remarks>
internal sealed class JointModulation : nn.Module<Tensor, IReadOnlyList<Tensor>>, ICountedArithmetic
{
    private readonly EnlargedConvolution _hidden;
    private readonly IReadOnlyList<KeptKernel> _kernels;
    private readonly long _channels;      // of one hidden map
    private readonly long _outputs;       // scales and shifts together
    private readonly int _factor;

    /// <summary>Prepares to read; weights are looked at in the first pass.</summary>
    /// <param name="norms">The normalisations of the block.</param>
    /// <param name="skip">Gives the weight [O, C, 1, 1] that the last of them goes into; null: none does.</param>
    /// <param name="factor">How many times larger than the map the features are.</param>
    public JointModulation(IReadOnlyList<SpatialModulation> norms, Func<Tensor>? skip, int factor) : base(nameof(JointModulation))
    {
        _factor = factor;
        _channels = norms[0].Hidden.weight.size(0);
        _outputs = norms.Sum(norm => norm.Scale.weight.size(0) + norm.Shift.weight.size(0));
        _hidden = new EnlargedConvolution(factor, () => (cat([.. norms.Select(norm => norm.Hidden.weight)], 0), cat([.. norms.Select(norm => norm.Hidden.bias!)], 0)));
        _kernels = [.. norms.Select((norm, i) => new KeptKernel(() => Kernel(norm, skip is not null && i == norms.Count - 1 ? skip() : null)))];
        if (skip is not null) _outputs += skip().size(0) - norms[^1].Shift.weight.size(0);
        foreach (var kernel in _kernels) kernel.Keep();
        RegisterComponents();
    }

    /// <summary>Reads.</summary>
    /// <param name="input">The map [N, C, h, w].</param>
    /// <returns>Of each normalisation 1 + γ and behind it β, [N, 2C', H, W]; of the skip what its convolution makes of β.</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = _hidden.Apply(input);
        return [.. _kernels.Select((kernel, i) =>
        {
            var (weight, bias) = kernel.Current();
            return nn.functional.conv2d(hidden.Channels(i * _channels, _channels), weight, bias, padding: [1, 1]).MoveToOuterDisposeScope();
        })];
    }

    /// <inheritdoc/>
    public double Products(Tensor input, Tensor output)
    {
        double pixels = (double)input.size(0) * input.size(2) * input.size(3);
        return (pixels * input.size(1) * _channels * _kernels.Count * _hidden.Taps) + (pixels * _factor * _factor * _channels * 9 * _outputs);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hidden.Dispose();
            foreach (var kernel in _kernels) kernel.Dispose();
        }
        base.Dispose(disposing);
    }

    private static (Tensor Weight, Tensor Bias) Kernel(SpatialModulation norm, Tensor? skip)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = (norm.Shift.weight.alias(), norm.Shift.bias!.alias());
        if (skip is not null)
        {
            var matrix = skip.Widened().flatten(1);
            weight = matrix.matmul(weight.Widened().flatten(1)).reshape(-1, weight.size(1), 3, 3).to(weight.dtype);
            bias = matrix.matmul(bias.Widened().unsqueeze(1)).squeeze(1).to(bias.dtype);
        }
        return (
            Accelerator.ChannelsLast(cat([norm.Scale.weight, weight], 0)).MoveToOuterDisposeScope(), cat([norm.Scale.bias! + 1, bias], 0).MoveToOuterDisposeScope());
    }
}
