using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>How the networks of @vladmandic/face-api read a picture.</summary>
internal static class SquareInput
{
    private static readonly float[] Mean = [122.782f / 255, 117.001f / 255, 104.298f / 255];

    /// <summary>The colours the networks were trained on: RGB in [0, 1] minus the mean colour.</summary>
    /// <param name="images">[N, 3, H, W], RGB in [0, 1].</param>
    public static Tensor Centred(Tensor images) => images - tensor(Mean, [1, 3, 1, 1]).to(images.device);
}
