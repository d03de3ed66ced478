using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Models.Baselines.ThinPlate;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>Thin-Plate Spline Motion Model's: features, equivariance of points, warped features of the encoder, and a background that moves back as it came.</summary>
/// <remarks>
/// <b>Paper:</b> Zhao and Zhang 2022, Sec. 3.3 and 3.5. <b>Choice:</b> of the published 100 epochs the first 35 drop splines and the first 10
/// have no background; here these are shares of the run.
/// </remarks>
internal sealed class SplineObjective(ObjectiveParts parts) : BaselineObjective(parts)
{
    private const double BackgroundFrom = 0.1;
    private const double DroppedUntil = 0.35;

    private readonly SplineModel _model = (SplineModel)parts.State.Model;

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (source, driving) = Frames(batch);
        var transform = Bend(batch, new ThinPlateSplineConfig { Euclidean = true });
        var kept = Kept(source.size(0), batch);
        var bent = Laid(transform.Warp(driving));
        var moves = batch.Progress >= BackgroundFrom;
        SplineKeypoints points, transformed;
        SplineSource state;
        SplineSteps motion;
        Tensor image;
        Tensor? background, back;
        using (Arithmetic())
        {
            state = _model.EncodeSource(new FaceFrame(source));
            points = _model.Detector.call(driving);
            background = moves ? _model.Background!.call(source, driving) : null;
            back = moves && Has("background") ? _model.Background!.call(driving, source) : null;
            motion = _model.Motion.Explain(state.Reduced, state.Points, points, background, kept);
            var deformation = motion.Steps.Motion.Deformation;
            var moved = InpaintingNetwork.Move(state.Levels, deformation, motion.Occlusions);
            image = _model.Inpainting.Decode(source, moved, deformation, motion.Occlusions[^1]).Image;
            transformed = _model.Detector.call(bent);
        }
        return new TrainingPass(source, driving, () => image, () => Sum(
        [
            ("perceptual", () => Parts.Perceptual.call(image, driving)),
            ("equivariance", () => EquivarianceLoss.Evaluate(points.Keypoints!.Value, transformed.Keypoints!.Value, transform)),
            ("warp", () => Warped(state, driving, motion)),
            .. back is null ? Array.Empty<(string, Func<Tensor>)>() : [("background", () => IdentityLoss.Evaluate(Square(background!).matmul(Square(back))))],
        ]));
    }

    /// <summary>Share of the splines that are dropped, after a share of the run.</summary>
    /// <param name="progress">0 to 1.</param>
    internal static double Dropped(double progress) => progress < DroppedUntil ? Math.Min((3 * progress) + 0.1, 0.3) : 0;

    // The background stays.
    private Tensor? Kept(long count, TrainingBatch batch)
    {
        if (Dropped(batch.Progress) is not (> 0 and var dropped)) return null;
        var kept = (rand([count, _model.Config.SplineCount], generator: batch.Generator) >= dropped).to(ScalarType.Float32);
        return cat([ones(count, 1), kept], 1).to(Parts.Device);
    }

    // Only the motion learns from this term: features and occlusions are data.
    private Tensor Warped(SplineSource state, Tensor driving, SplineSteps motion)
    {
        Tensor[] occlusions = [.. motion.Occlusions.Select(map => map.detach())];
        IReadOnlyList<Tensor> wanted;
        using (no_grad())
        using (Arithmetic())
            wanted = _model.Inpainting.Encode(driving);
        Tensor[] source = [.. state.Levels.Select(level => level.detach())];
        return FeatureMatchingLoss.Evaluate(InpaintingNetwork.Mask(wanted, occlusions), InpaintingNetwork.Move(source, motion.Steps.Motion.Deformation, occlusions));
    }

    // [N, 2, 3] with the row (0, 0, 1).
    private static Tensor Square(Tensor affine)
        => cat([affine, tensor(new float[] { 0, 0, 1 }, device: affine.device).to(affine.dtype).expand(affine.size(0), 1, 3)], 1).to(ScalarType.Float32);
}
