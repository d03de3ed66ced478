using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Parameters of layers that no class of TorchSharp has.</summary>
internal static class Learned
{
    /// <summary>A parameter that belongs to its module: no dispose scope frees it.</summary>
    /// <param name="start">What it begins as; used up.</param>
    public static Parameter From(Tensor start)
    {
        var parameter = nn.Parameter(start);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
