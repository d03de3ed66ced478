namespace TorchSharp.Modules;

/// <summary>A tensor that a module learns. It takes over the native tensor of <c>data</c>, which is then disposed.</summary>
public class Parameter : torch.Tensor
{
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(Surrender(data))
    {
        if (this.requires_grad != requires_grad) this.requires_grad = requires_grad;
    }
}
