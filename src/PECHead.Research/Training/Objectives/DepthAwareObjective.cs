using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.DepthAware;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>Depth-Aware GAN's: the terms of First Order Motion Model with its discriminator, a distance between points, and the depth of faces.</summary>
/// <remarks>
/// <b>Paper:</b> Hong et al. 2022, Sec. 3.4. <b>Deviation:</b> the paper's depth network was trained before and is frozen. So it is here where the depth term
/// has no weight. With a weight it learns beside the rest, from that term alone: its depth is data for all other terms.
/// </remarks>
internal sealed class DepthAwareObjective : BaselineObjective
{
    private readonly DepthAwareModel _model;
    private readonly PatchCritic? _critic;

    /// <summary>Prepares the objective, and lets the depth network learn where it is to.</summary>
    /// <param name="parts">What it may use.</param>
    public DepthAwareObjective(ObjectiveParts parts) : base(parts)
    {
        _model = (DepthAwareModel)parts.State.Model;
        _critic = PatchCritic.LeastSquares(parts.State.Discriminator, Arithmetic);
        if (!Has("depth")) return;
        _model.DepthEncoder.Thawed().train();
        _model.DepthDecoder.Thawed().train();
    }

    /// <summary>The discriminator of an experiment, or null: as First Order Motion Model's.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config)
        => FirstOrderObjective.Discriminator(config, DepthAwareConfig.For(ModelSize.Named(config.Size)).FirstOrder.KeypointCount);

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (start, end) = Faces(batch);
        var (source, driving) = (start.Image, end.Image);
        var transform = Bend(batch, new ThinPlateSplineConfig());
        var bent = Laid(transform.Warp(driving));
        AffineKeypoints[] points;
        AffineKeypoints transformed;
        IReadOnlyList<Tensor> disparities;
        Tensor image;
        using (Arithmetic())
        {
            disparities = Disparities(cat([source, driving], 0));
            Tensor[] near = disparities[0].detach().chunk(2, 0);
            points = [_model.Locate(source, near[0]), _model.Locate(driving, near[1])];
            var state = new DepthAwareSource(new FaceFrame(source), _model.Generator.Encode(source), _model.Generator.EncodeDepth(near[0]), points[0]);
            image = _model.Generate(state, points[1]).Image.Widened();
            transformed = _model.Locate(bent, Disparities(bent)[0].detach());
        }
        var condition = _critic is null ? null : FirstOrderObjective.Condition(points[1], driving);
        return new TrainingPass(
            source, driving, () => image,
            () => Sum(
            [
                ("perceptual", () => Parts.Perceptual.call(image, driving)),
                .. Equivariance(points[1], transformed, transform),
                ("keypoint_distance", () => Total(points.Select(one => KeypointDistanceLoss.Evaluate(one.Positions, Parts.Config.UpstreamQuirks)))),
                ("depth", () => Depth([start.Coefficients, end.Coefficients], disparities)),
                .. _critic?.Terms(driving, image, condition) ?? [],
            ]),
            _critic is null ? null : () => _critic.Judge(driving, image, condition));
    }

    // Without the term nothing learns from the maps, and the largest is enough.
    private IReadOnlyList<Tensor> Disparities(Tensor frames)
    {
        using var mode = Has("depth") ? enable_grad() : no_grad();
        var maps = _model.DepthEncoder.Encode(frames);
        return Has("depth") ? _model.DepthDecoder.Disparities(maps) : [_model.DepthDecoder.Disparity(maps)];
    }

    private Tensor Depth(FaceCoefficients[] faces, IReadOnlyList<Tensor> disparities)
    {
        using var scope = NewDisposeScope();
        var points = cat([.. faces.Select(face => Parts.Reconstructor.Points(face).detach())], 0);
        return DepthPointsLoss.Evaluate(disparities, points, cat([.. faces.Select(face => face.Score)], 0)).MoveToOuterDisposeScope();
    }
}
