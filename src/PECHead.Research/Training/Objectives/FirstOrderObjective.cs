using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
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
        _critic = PatchCritic.LeastSquares(parts.State.Discriminator, Arithmetic);
    }

    /// <summary>The discriminator of an experiment, or null: one scale, no spectral normalisation, the bumps of the points beside the colours.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config) => Discriminator(config, FirstOrderConfig.For(ModelSize.Named(config.Size)).KeypointCount);

    /// <summary>The same for another number of points.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="keypoints">How many.</param>
    public static nn.Module? Discriminator(ExperimentConfig config, int keypoints)
        => PatchCritic.Create(config, DiscriminatorConfig.For(ModelSize.Named(config.Size), scales: 1) with { Spectral = false, ConditionChannels = keypoints });

    /// <summary>What the discriminator sees beside the colours: bumps of the driving points, without a gradient.</summary>
    /// <param name="points">The points.</param>
    /// <param name="frames">Frames of the wanted size.</param>
    public static Tensor Condition(AffineKeypoints points, Tensor frames)
        => GaussianHeatmap.Render(points.Keypoints!.Value.Detach(), frames.size(2), frames.size(3), ConditionVariance);

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
        var condition = _critic is null ? null : Condition(points, driving);
        return new TrainingPass(
            source, driving, () => image,
            () => Sum(
            [
                ("perceptual", () => Parts.Perceptual.call(image, driving)),
                .. Equivariance(points, transformed, transform),
                .. _critic?.Terms(driving, image, condition) ?? [],
            ]),
            _critic is null ? null : () => _critic.Judge(driving, image, condition));
    }
}
