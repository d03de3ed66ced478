namespace PECHead.Research.Losses;

/// <summary>Weights λ of the training objective; a term of weight 0 is not computed.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 5 names the terms; their weights are in its supplement, which is not public.
/// </remarks>
public sealed record LossWeights
{
    // Beyond, single precision has no sum of the terms.
    private const double Most = 1e6;

    /// <summary>λ_p of <see cref="PixelLoss"/>. <b>Choice:</b> 10.</summary>
    public double Pixel { get; init; } = 10;

    /// <summary>λ_v of <see cref="PyramidPerceptualLoss"/>. <b>Choice:</b> 10 per layer and scale, as in First Order Motion Model.</summary>
    public double Perceptual { get; init; } = 10;

    /// <summary>λ_k of <see cref="KeypointSpreadLoss"/>. <b>Choice:</b> 1; with face-vid2vid's 10 the points move apart before they have found anything to hold on to.</summary>
    public double KeypointSpread { get; init; } = 1;

    /// <summary>λ_e of <see cref="EquivarianceLoss"/>. <b>Choice:</b> 10, as in First Order Motion Model.</summary>
    public double Equivariance { get; init; } = 10;

    /// <summary>λ_w of <see cref="WarpLoss"/>. <b>Choice:</b> 10, the weight of the warp term in Thin-Plate Spline Motion Model.</summary>
    public double Warp { get; init; } = 10;

    /// <summary>Weight of <see cref="FacePartsLoss"/>, which the paper does not have. <b>Choice:</b> 10.</summary>
    public double FaceParts { get; init; } = 10;

    /// <summary>λ_G of <see cref="AdversarialLoss"/>; with 0 no discriminator is trained. <b>Choice:</b> 0: in runs of minutes a discriminator has nothing to teach; face-vid2vid's is 1.</summary>
    public double Adversarial { get; init; }

    /// <summary>The weights of a model without learned keypoints: the terms that look at them are left out.</summary>
    public LossWeights WithoutKeypoints() => this with { KeypointSpread = 0, Equivariance = 0 };

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A weight that is negative or above 1e6.</exception>
    public void Validate()
    {
        Require(Pixel, nameof(Pixel));
        Require(Perceptual, nameof(Perceptual));
        Require(KeypointSpread, nameof(KeypointSpread));
        Require(Equivariance, nameof(Equivariance));
        Require(Warp, nameof(Warp));
        Require(FaceParts, nameof(FaceParts));
        Require(Adversarial, nameof(Adversarial));
    }

    private static void Require(double weight, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, Most, name);
    }
}
