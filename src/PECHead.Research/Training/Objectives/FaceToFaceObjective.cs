using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FaceToFace;
using PECHead.Research.Motion;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>Face2Face-ρ's: features, in which a face counts four times as much; the source moved by each of three fields; and a discriminator that sees the sketch.</summary>
/// <remarks>
/// <b>Paper:</b> Yang et al. 2022, Sec. 3.4. <b>Choice:</b> of the published 105 epochs the first 5 hold the fields at rest, with a weight that falls to 0; here this is a
/// share of the run. The mask of the face comes from the landmarks of the driving frame.
/// </remarks>
internal sealed class FaceToFaceObjective : BaselineObjective
{
    private const double RestUntil = 5.0 / 105;
    private const double FaceWeight = 4;
    private const long LeastSide = 128;

    private readonly FaceToFaceModel _model;
    private readonly PatchCritic? _critic;

    /// <summary>Prepares the objective.</summary>
    /// <param name="parts">What it may use.</param>
    public FaceToFaceObjective(ObjectiveParts parts) : base(parts)
    {
        _model = (FaceToFaceModel)parts.State.Model;
        _critic = PatchCritic.LeastSquares(parts.State.Discriminator, Arithmetic);
    }

    /// <summary>The discriminator of an experiment, or null: one scale, no spectral normalisation, the sketch of the driving face beside the colours.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config)
        => PatchCritic.Create(config, DiscriminatorConfig.For(ModelSize.Named(config.Size), scales: 1) with { Spectral = false, ConditionChannels = 3 });

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (start, end) = Faces(batch);
        var (source, driving) = ((2 * start.Image) - 1, (2 * end.Image) - 1);
        PyramidFields fields;
        Tensor[] sketches;
        Tensor colours;
        using (Arithmetic())
        {
            var state = _model.EncodeSource(start.AsSource(Parts.Reconstructor));
            var motion = _model.ObserveMotion(state, end.AsDriving(start.Coefficients, Parts.Reconstructor));
            sketches = _model.Sketches(motion, source);
            fields = _model.Motion.Explain(FaceToFaceModel.Seen(state, sketches));
            colours = _model.Renderer.Decode([.. state.Features.Select(map => _model.Renderer.Move(map, fields.Fine))], motion.Pose).Widened();
        }
        var image = (colours + 1) / 2;
        var sketch = _critic is null ? null : nn.functional.interpolate(sketches[^1], [driving.size(2), driving.size(3)], mode: InterpolationMode.Nearest);
        var landmarks = new Keypoints(Parts.Reconstructor.Landmarks(end.Coefficients).detach());
        var weights = 1 + ((FaceWeight - 1) * FaceMask.Draw(landmarks, driving.size(2), driving.size(3)));
        Tensor[] levels = [fields.Coarse, fields.Middle, fields.Fine];
        double rest = 1 - (batch.Progress / RestUntil);
        return new TrainingPass(
            start.Image, end.Image, () => image,
            () => Sum(
            [
                ("perceptual", () => Parts.Perceptual.Evaluate(image, end.Image, weights)),
                ("warp", () => Total(levels.Select(field => Moved(source, driving, field))) / levels.Length),
                .. rest > 0
                    ? [("identity_field", () => rest * Total(levels.Select(FromRest)) / levels.Length)]
                    : Array.Empty<(string, Func<Tensor>)>(),
                .. _critic?.Terms(driving, colours, sketch, weights) ?? [],
            ]),
            _critic is null ? null : () => _critic.Judge(driving, colours, sketch));
    }

    // Frames are compared at 128 px or at the size of the field, whichever is larger, and at most at their own.
    private Tensor Moved(Tensor source, Tensor driving, Tensor field)
    {
        using var scope = NewDisposeScope();
        long side = Math.Max(field.size(1), Math.Min(LeastSide, source.size(2)));
        Tensor Reduced(Tensor frames) => frames.size(2) == side ? frames : nn.functional.adaptive_avg_pool2d(frames, [side, side]);
        var large = nn.functional.interpolate(field.permute(0, 3, 1, 2), [side, side], mode: InterpolationMode.Bilinear, align_corners: _model.Config.AlignCorners);
        var moved = Warping.Sample(Reduced(source), large.permute(0, 2, 3, 1), _model.Config.AlignCorners);
        return (moved - Reduced(driving)).abs().mean().MoveToOuterDisposeScope();
    }

    // A field at rest looks at every pixel's own place, which lies inside of the ends where those are the outer edges of border pixels.
    private Tensor FromRest(Tensor field)
    {
        using var scope = NewDisposeScope();
        long side = field.size(1);
        var grid = CoordinateGrid.CreateLike(side, side, field) * (_model.Config.AlignCorners ? 1 : (side - 1.0) / side);
        return (field - grid).abs().mean().MoveToOuterDisposeScope();
    }
}
