using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>Parameters of the modules of a case, whose gradients are compared beside those of its inputs.</summary>
internal static class Watched
{
    [ThreadStatic]
    private static List<Tensor>? _leaves;

    internal static void Begin(List<Tensor> leaves) => _leaves = leaves;

    internal static Tensor Run(nn.Module<Tensor, Tensor> module, Tensor input)
    {
        _leaves?.AddRange(module.parameters());
        return module.call(input);
    }
}
