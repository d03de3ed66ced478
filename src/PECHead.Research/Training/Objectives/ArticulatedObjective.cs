using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.ArticulatedAnimation;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>Articulated Animation's: features, and equivariance of the means and the axes of regions; the background may move.</summary>
/// <remarks><b>Paper:</b> Siarohin et al. 2021, Sec. 3.6.</remarks>
internal sealed class ArticulatedObjective(ObjectiveParts parts) : BaselineObjective(parts)
{
    private readonly ArticulatedModel _model = (ArticulatedModel)parts.State.Model;

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (source, driving) = Frames(batch);
        var transform = Bend(batch, new ThinPlateSplineConfig());
        var bent = Laid(transform.Warp(driving));
        Regions regions, transformed;
        Tensor image;
        using (Arithmetic())
        {
            var state = _model.EncodeSource(new FaceFrame(source));
            regions = _model.RegionPredictor.call(driving);
            var background = _model.Background!.call(source, driving);
            var field = _model.Generator.Flow.Explain(state.Reduced, state.Regions, regions, background).Motion;
            image = _model.Generator.Decode(source, state.Levels, field);
            transformed = _model.RegionPredictor.call(bent);
        }
        return new TrainingPass(source, driving, () => image, () => Sum(
            ("perceptual", () => Parts.Perceptual.call(image, driving)),
            ("equivariance", () => EquivarianceLoss.Evaluate(regions.Keypoints!.Value, transformed.Keypoints!.Value, transform)),
            ("equivariance_affine", () => IdentityLoss.Evaluate(ThereAndBack(regions, transformed, transform)))));
    }

    // A_d⁻¹ · ∂T/∂z · A_T. An axis has no direction, so the product may not turn the region over.
    private static Tensor ThereAndBack(Regions regions, Regions transformed, ThinPlateSpline transform)
    {
        var turn = TwoByTwo.Inverse(regions.Affine).matmul(transform.Jacobian(transformed.Shift)).matmul(transformed.Affine);
        return TwoByTwo.Directed(turn, turn);
    }
}
