using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>λ_p L_p + λ_v L_v + λ_k L_k + λ_e L_e + λ_w L_w + λ_G L_G.</summary>
/// <remarks><b>Paper:</b> PECHead, Eq. 5. <b>Choice:</b> <see cref="FacePartsLoss"/> may be added.</remarks>
public sealed class TrainingObjective
{
    private readonly List<Term> _terms;

    /// <summary>Builds the objective; terms of weight 0 are left out.</summary>
    /// <param name="weights">The λ.</param>
    /// <param name="perceptual">The perceptual term.</param>
    public TrainingObjective(LossWeights weights, PyramidPerceptualLoss perceptual)
    {
        weights.Validate();
        Term[] terms =
        [
            new("pixel", weights.Pixel, r => PixelLoss.Evaluate(r.Image, r.Driving)),
            new("perceptual", weights.Perceptual, r => perceptual.call(r.Image, r.Driving)),
            new("spread", weights.KeypointSpread,
                r => KeypointSpreadLoss.Evaluate(Learned(r).Source) + KeypointSpreadLoss.Evaluate(Learned(r).Driving)),
            new("equivariance", weights.Equivariance,
                r => EquivarianceLoss.Evaluate(Learned(r).Driving, Learned(r).Transformed, Learned(r).Transform)),
            new("warp", weights.Warp, r => WarpLoss.Evaluate(r.Source, r.Driving, r.Deformations)),
            new("face_parts", weights.FaceParts, r => FacePartsLoss.Evaluate(
                r.Image, r.Driving, r.Landmarks ?? throw new ArgumentException("A term looks at landmarks, and there are none."))),
            new("adversarial", weights.Adversarial, r => AdversarialLoss.OfGenerator(
                r.Judgements ?? throw new ArgumentException("The adversarial term needs a discriminator's judgements."))),
        ];
        _terms = [.. terms.Where(term => term.Weight > 0)];
        if (_terms.Count == 0)
            throw new ArgumentException("Every weight is 0: there is nothing to minimise.", nameof(weights));
    }

    /// <summary>Names of the terms, in order.</summary>
    public IReadOnlyList<string> TermNames => [.. _terms.Select(term => term.Name)];

    /// <summary>Evaluates the objective.</summary>
    /// <param name="reconstruction">A sample and what the model made of it.</param>
    public ObjectiveValue Evaluate(Reconstruction reconstruction)
        => ObjectiveValue.Sum(_terms.Select(term => (term.Name, term.Weight, (Func<Tensor>)(() => term.Evaluate(reconstruction)))));

    private static LearnedKeypoints Learned(Reconstruction reconstruction) => reconstruction.Keypoints
        ?? throw new ArgumentException("A term looks at learned keypoints, of which the model has none.");

    private sealed record Term(string Name, double Weight, Func<Reconstruction, Tensor> Evaluate);
}
