using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Landmarks;

/// <summary>Differentiable position of a heatmap's peak ("soft-argmax").</summary>
internal static class HeatmapExpectation
{
    /// <summary>k = Σ_z z · softmax(logits / T)(z), over all pixels of a map.</summary>
    /// <param name="logits">[N, K, H, W]. Half precisions are widened: 8 bits of mantissa would be a pixel of error.</param>
    /// <param name="temperature">T, positive; smaller is sharper.</param>
    /// <returns>Positions in [-1, 1], in float32 or float64.</returns>
    /// <remarks>
    /// <b>Paper:</b> First Order Motion Model, Sec. 3.2. Whatever the size of the map, its grid spans all of [-1, 1].
    /// </remarks>
    public static Keypoints Locate(Tensor logits, double temperature)
    {
        TensorGuard.Sizes(logits, nameof(logits), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any, TensorGuard.Any);
        using var scope = NewDisposeScope();
        long height = logits.size(2), width = logits.size(3);
        var type = logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var probabilities = (logits.flatten(2).to(type) / temperature).softmax(-1);            // [N, K, HW]
        var grid = CoordinateGrid.Create(height, width, type, logits.device).reshape(-1, 2);   // [HW, 2]
        // A sum and not a matrix product, which mixed precision would narrow again.
        return new Keypoints((probabilities.unsqueeze(-1) * grid).sum(2).MoveToOuterDisposeScope());   // [N, K, 2]
    }
}
