using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>A kernel that is made of the parameters of a layer: in every pass while these may change, then once.</summary>
/// <param name="make">Makes weight and bias.</param>
internal sealed class KeptKernel(Func<(Tensor Weight, Tensor Bias)> make) : IDisposable
{
    private bool _keeps;
    private (Tensor Weight, Tensor Bias)? _kept;

    /// <summary>Weight and bias, in the caller's dispose scope or kept.</summary>
    public (Tensor Weight, Tensor Bias) Current()
    {
        var (weight, bias) = _kept ?? make();
        if (_keeps) _kept ??= (weight.DetachFromDisposeScope(), bias.DetachFromDisposeScope());
        return (weight, bias);
    }

    /// <summary>The parameters no longer change.</summary>
    public void Keep() => _keeps = true;

    /// <summary>Frees what was kept.</summary>
    public void Dispose()
    {
        _kept?.Weight.Dispose();
        _kept?.Bias.Dispose();
        _kept = null;
    }
}
