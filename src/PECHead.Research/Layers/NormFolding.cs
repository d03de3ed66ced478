using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>Puts a batch normalisation into the convolution in front of it.</summary>
/// <remarks>
/// One behind a normalisation cannot take it: its zero padding comes after the normalisation, and is not zero before it.
/// </remarks>
internal static class NormFolding
{
    /// <summary>Normalises features, unless the convolution in front of them does so already.</summary>
    /// <param name="norm">The normalisation; null once it is folded.</param>
    /// <param name="features">[N, O, H, W].</param>
    public static Tensor Apply(BatchNorm2d? norm, Tensor features) => norm is null ? features : norm.call(features);

    /// <summary>Changes a convolution so that it gives what the normalisation would have made of its result.</summary>
    /// <param name="convolution">With a weight [O, I, k, k] and a bias [O], which are changed.</param>
    /// <param name="norm">The normalisation, in evaluation mode; null afterwards, and where it was folded before.</param>
    public static void Fold(nn.Module convolution, ref BatchNorm2d? norm)
    {
        if (norm is null) return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scale = norm.weight! / (norm.running_var! + norm.eps).sqrt();
        convolution.get_parameter("weight")!.mul_(scale.reshape(-1, 1, 1, 1));
        convolution.get_parameter("bias")!.sub_(norm.running_mean!).mul_(scale).add_(norm.bias!);
        norm = null;
    }
}
