using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Start values that let a layer contribute nothing.</summary>
internal static class NeutralStart
{
    /// <summary>Makes a convolution give zeros.</summary>
    /// <param name="layer">The convolution.</param>
    public static void Zero(Conv2d layer) => Zero(layer.weight, layer.bias);

    /// <summary>Makes a linear layer give zeros.</summary>
    /// <param name="layer">The layer.</param>
    public static void Zero(Linear layer) => Zero(layer.weight, layer.bias);

    /// <summary>Makes the parameters of a layer zeros.</summary>
    /// <param name="weight">Its weight.</param>
    /// <param name="bias">Its bias; null where there is none.</param>
    public static void Zero(Tensor weight, Tensor? bias)
    {
        using var noGradient = no_grad();
        weight.zero_();
        bias?.zero_();
    }
}
