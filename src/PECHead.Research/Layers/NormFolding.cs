using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Puts a batch normalisation into the convolution in front of it.</summary>
/// <remarks>
/// One behind a normalisation cannot take it: its zero padding comes after the normalisation, and is not zero before it.
/// </remarks>
internal static class NormFolding
{
    /// <summary>Changes a convolution so that it gives what the normalisation would have made of its result.</summary>
    /// <param name="weight">[O, I, k, k] of the convolution; it is changed.</param>
    /// <param name="bias">[O]; it is changed.</param>
    /// <param name="norm">The normalisation, in evaluation mode.</param>
    /// <returns>True: the normalisation is to be left out from now on.</returns>
    public static bool Fold(Tensor weight, Tensor bias, BatchNorm2d norm)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scale = norm.weight! / (norm.running_var! + norm.eps).sqrt();
        weight.mul_(scale.reshape(-1, 1, 1, 1));
        bias.sub_(norm.running_mean!).mul_(scale).add_(norm.bias!);
        return true;
    }
}
