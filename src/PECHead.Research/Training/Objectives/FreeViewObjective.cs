using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Motion;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>One-Shot Free-View's: features, equivariance, priors of the keypoints and their deformation, the pose of the head, and a discriminator.</summary>
/// <remarks>
/// <b>Paper:</b> Wang et al. 2021, Sec. 3.3. <b>Deviation:</b> the pose that a head should have is that of the face reconstructor, not of a
/// network whose weights are not at hand; the term is the mean of the three angles' differences in degrees.
/// </remarks>
internal sealed class FreeViewObjective : BaselineObjective
{
    private static readonly float[] Turned = [1, -1, -1];

    private readonly FreeViewModel _model;
    private readonly PatchCritic? _critic;

    /// <summary>Prepares the objective.</summary>
    /// <param name="parts">What it may use.</param>
    public FreeViewObjective(ObjectiveParts parts) : base(parts)
    {
        _model = (FreeViewModel)parts.State.Model;
        _critic = parts.State.Discriminator is PatchDiscriminator network ? PatchCritic.Hinge(network, Arithmetic) : null;
    }

    /// <summary>The discriminator of an experiment, or null: one scale, with spectral normalisation.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config)
        => PatchCritic.Create(config, DiscriminatorConfig.For(ModelSize.Named(config.Size), scales: 1));

    /// <summary>Degrees of a head as the model counts them: yaw, pitch, roll, in axes to the right, down and away from the camera.</summary>
    /// <param name="angles">Angles of coefficients [N, 3], radians.</param>
    /// <returns>[N, 3].</returns>
    internal static Tensor Degrees(Tensor angles)
    {
        using var scope = NewDisposeScope();
        var axes = tensor(Turned, device: angles.device).to(angles.dtype);
        return HeadAngles.Degrees(EulerAngles.ToMatrix(angles) * axes * axes.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (start, end) = Faces(batch);
        var (source, driving) = (start.Image, end.Image);
        var wanted = Degrees(end.Coefficients.Angles);
        var transform = Bend(batch, new ThinPlateSplineConfig());
        var bent = Laid(transform.Warp(driving));
        HeadReading head;
        SpatialKeypoints points, transformed;
        Tensor image;
        using (Arithmetic())
        {
            var state = _model.EncodeSource(new FaceFrame(source));
            head = _model.Heads.call(driving);
            points = head.Place(state.Canonical);
            image = _model.Generate(state, points).Image.Widened();
            transformed = _model.ObserveMotion(state, new FaceFrame(bent));
        }
        return new TrainingPass(
            source, driving, () => image,
            () => Sum(
            [
                ("perceptual", () => Parts.Perceptual.call(image, driving)),
                ("equivariance", () => EquivarianceLoss.Evaluate(points.Keypoints!.Value, transformed.Keypoints!.Value, transform)),
                ("keypoint_prior", () => KeypointPriorLoss.Evaluate(points.Positions, Parts.Config.UpstreamQuirks)),
                ("head_pose", () => (head.Degrees - wanted).abs().mean()),
                ("deformation_prior", () => head.Expression.abs().sum([1, 2]).mean()),
                .. _critic?.Terms(driving, image, null) ?? [],
            ]),
            _critic is null ? null : () => _critic.Judge(driving, image, null));
    }
}
