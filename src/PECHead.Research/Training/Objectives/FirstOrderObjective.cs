using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>First Order Motion Model's: features, equivariance of points and Jacobians, and a discriminator that sees the points.</summary>
/// <remarks><b>Paper:</b> Siarohin et al. 2019, Sec. 3.1 and the published configuration vox-adv-256.</remarks>
internal sealed class FirstOrderObjective : BaselineObjective
{
    private const double ConditionVariance = 0.01;

    private readonly FirstOrderModel _model;
    private readonly PatchCritic? _critic;

    /// <summary>Prepares the objective.</summary>
    /// <param name="parts">What it may use.</param>
    public FirstOrderObjective(ObjectiveParts parts) : base(parts)
    {
        _model = (FirstOrderModel)parts.State.Model;
        _critic = parts.State.Discriminator is PatchDiscriminator network
            ? new PatchCritic(network, LeastSquaresLoss.OfGenerator, LeastSquaresLoss.OfDiscriminator, Arithmetic)
            : null;
    }

    /// <summary>The discriminator of an experiment, or null: one scale, no spectral normalisation, the bumps of the points beside the colours.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config)
    {
        var size = ModelSize.Named(config.Size);
        return PatchCritic.Create(config, DiscriminatorConfig.For(size, scales: 1) with { Spectral = false, ConditionChannels = FirstOrderConfig.For(size).KeypointCount });
    }

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (source, driving) = Frames(batch);
        var transform = Bend(batch, new ThinPlateSplineConfig());
        var bent = Laid(transform.Warp(driving));
        AffineKeypoints points, transformed;
        Tensor image;
        using (Arithmetic())
        {
            var state = _model.EncodeSource(new FaceFrame(source));
            points = _model.ObserveMotion(state, new FaceFrame(driving));
            image = _model.Generate(state, points).Image.Widened();
            transformed = _model.ObserveMotion(state, new FaceFrame(bent));
        }
        var condition = _critic is null ? null : GaussianHeatmap.Render(points.Keypoints!.Value.Detach(), driving.size(2), driving.size(3), ConditionVariance);
        return new TrainingPass(
            source, driving, () => image,
            () => Sum(
            [
                ("perceptual", () => Parts.Perceptual.call(image, driving)),
                ("equivariance", () => EquivarianceLoss.Evaluate(points.Keypoints!.Value, transformed.Keypoints!.Value, transform)),
                ("equivariance_jacobian", () => IdentityLoss.Evaluate(
                    points.InverseJacobians("driving").matmul(transform.Jacobian(transformed.Positions)).matmul(transformed.Jacobians))),
                .. _critic?.Terms(driving, image, condition) ?? [],
            ]),
            _critic is null ? null : () => _critic.Judge(driving, image, condition));
    }
}
