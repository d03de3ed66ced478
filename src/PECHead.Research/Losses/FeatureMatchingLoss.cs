using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Σ_i mean |D_i(x) − D_i(x̂)| over the blocks of a discriminator, or over the levels of an encoder whose features are moved.</summary>
/// <remarks>
/// <b>Paper:</b> Wang et al., High-Resolution Image Synthesis with Conditional GANs, 2018, as First Order Motion Model uses it; Thin-Plate Spline
/// Motion Model, Sec. 3.5 (warp loss).
/// </remarks>
internal static class FeatureMatchingLoss
{
    /// <summary>Evaluates the term.</summary>
    /// <param name="real">Features of real frames, of each block or level; no gradient flows to them.</param>
    /// <param name="generated">Features of generated frames, of the same shapes.</param>
    /// <param name="weights">How much each place of a frame counts, [N, 1, H, W]; null: 1.</param>
    /// <returns>A scalar, not negative.</returns>
    /// <exception cref="ArgumentException">The counts or shapes differ.</exception>
    public static Tensor Evaluate(IReadOnlyList<Tensor> real, IReadOnlyList<Tensor> generated, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generated);
        if (real.Count == 0 || real.Count != generated.Count)
            throw new ArgumentException($"Expected as many features of generated as of real frames, received {generated.Count} and {real.Count}.", nameof(generated));
        using var scope = NewDisposeScope();
        return real.Zip(generated, (one, other) => Difference(one, other, weights)).Aggregate((sum, term) => sum + term).MoveToOuterDisposeScope();
    }

    private static Tensor Difference(Tensor real, Tensor generated, Tensor? weights)
    {
        TensorGuard.Shape(generated, nameof(generated), real.shape);
        return PlaceWeights.Mean((real.detach() - generated).Widened().abs(), weights);
    }
}
