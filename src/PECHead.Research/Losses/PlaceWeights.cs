using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Means in which some places of a frame count more than others.</summary>
internal static class PlaceWeights
{
    /// <summary>mean(w · v), with the weights interpolated to the size of the values.</summary>
    /// <param name="values">[N, C, h, w].</param>
    /// <param name="weights">[N, 1, H, W] without a gradient; null: 1.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Mean(Tensor values, Tensor? weights)
        => weights is null ? values.mean() : (values * Warping.ResizeMap(weights, values.size(2), values.size(3))).mean();
}
