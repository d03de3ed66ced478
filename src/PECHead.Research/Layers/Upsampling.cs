using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>The one way in which decoders double their resolution.</summary>
internal static class Upsampling
{
    private static readonly double[] Twice = [2, 2];

    /// <summary>Repeats every pixel in a 2x2 square: [N, C, H, W] to [N, C, 2H, 2W].</summary>
    public static Tensor Nearest(Tensor features) =>
        nn.functional.interpolate(features, scale_factor: Twice, mode: InterpolationMode.Nearest);
}
