using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>The one way in which decoders double their resolution.</summary>
internal static class Upsampling
{
    private static readonly double[] Twice = [2, 2];

    /// <summary>Repeats every pixel in a 2x2 square: [N, C, H, W] to [N, C, 2H, 2W].</summary>
    public static Tensor Nearest(Tensor features) =>
        nn.functional.interpolate(features, scale_factor: Twice, mode: InterpolationMode.Nearest);

    /// <summary>Adds features to others of twice the size, in place: target + Nearest(features), without the enlarged copy.</summary>
    /// <param name="target">[N, C, 2H, 2W]; it is changed.</param>
    /// <param name="features">[N, C, H, W].</param>
    /// <returns>The target.</returns>
    public static Tensor AddNearest(Tensor target, Tensor features)
    {
        using var scope = NewDisposeScope();
        var (n, c, height, width) = (features.size(0), features.size(1), features.size(2), features.size(3));
        target.view(n, c, height, 2, width, 2).add_(features.view(n, c, height, 1, width, 1));
        return target.MoveToOuterDisposeScope();
    }
}
