using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Motion;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>
/// LivePortrait's first stage: One-Shot Free-View's terms; features and discriminators also of face, eyes and lips; the identity of the face; landmarks that
/// guide keypoints.
/// </summary>
/// <remarks>
/// <b>Paper:</b> LivePortrait, Sec. 3.2; its weights and its code for training are not published. <b>Choice:</b> face, eyes and lips are cut out where the face
/// reconstructor sees them, at half the side of the frame; the pose of the head is the reconstructor's, as for One-Shot Free-View. Frames of the store may be as
/// large as those that the model reads, or as those that it makes; they are compared at the size of the store.
/// </remarks>
internal sealed class PortraitObjective : BaselineObjective
{
    private static readonly double[] Turned = [180 / Math.PI, -180 / Math.PI, -180 / Math.PI];

    private readonly LivePortraitModel _model;
    private readonly IReadOnlyList<PatchCritic> _critics;

    /// <summary>Prepares the objective.</summary>
    /// <param name="parts">What it may use.</param>
    /// <exception cref="ArgumentException">The term <c>identity</c> has a weight, and there are no face networks.</exception>
    public PortraitObjective(ObjectiveParts parts) : base(parts)
    {
        _model = (LivePortraitModel)parts.State.Model;
        _critics = parts.State.Discriminator is CascadeDiscriminator cascade ? [.. cascade.Networks.Select(network => PatchCritic.Hinge(network, Arithmetic))] : [];
        if (Has(BaselineRecipe.Identity)) _ = parts.SeenBy("the term 'identity'");
    }

    /// <summary>The discriminators of an experiment, or null: of the frame, the face, the eyes and the lips, one scale each, with spectral normalisation.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config) => PatchCritic.Create(config, () =>
    {
        var size = ModelSize.Named(config.Size);
        return new CascadeDiscriminator(size, size.ImageSize / 2, FaceRegion.All.Count);
    });

    /// <summary>Degrees of a head as the model counts them: pitch, yaw, roll, in axes to the right, down and away from the camera.</summary>
    /// <param name="angles">Angles of coefficients [N, 3], radians.</param>
    /// <returns>[N, 3].</returns>
    internal static Tensor Degrees(Tensor angles)
    {
        // The same order of axes: y and z change sides, and with them their turns.
        return angles * tensor(Turned, device: angles.device).to(angles.dtype);
    }

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (start, end) = Faces(batch);
        var (seen, driven) = (Sized(start.Image, _model.ImageSize), Sized(end.Image, _model.ImageSize));
        var transform = Bend(batch, new ThinPlateSplineConfig());
        var bent = Laid(transform.Warp(driven));
        ImplicitHead head;
        ImplicitMotion own, motion, transformed;
        Tensor image;
        using (Arithmetic())
        {
            var state = (LivePortraitSource)_model.EncodeSource(new FaceFrame(seen));
            own = state.Own;
            head = _model.Heads.call(driven);
            motion = head.Motion(own.Canonical);
            image = Sized(_model.Generate(state, motion).Image.Widened(), end.Image.size(3));
            transformed = (ImplicitMotion)_model.ObserveMotion(state, new FaceFrame(bent));
        }
        var marks = Landmarks(end);
        IReadOnlyList<(Tensor Real, Tensor Made)> pairs = [(end.Image, image), .. FaceRegion.All.Select(region => Pair(region, end.Image, image, marks))];
        Tensor Perceptual(int at) => Parts.Perceptual.call(pairs[at].Made, pairs[at].Real);
        return new TrainingPass(
            start.Image, end.Image, () => image,
            () => Sum(
            [
                ("perceptual", () => Perceptual(0)), ("perceptual_face", () => Perceptual(1)), ("perceptual_eyes", () => Perceptual(2)), ("perceptual_lips", () => Perceptual(3)),
                ("equivariance", () => EquivarianceLoss.Evaluate(motion.Keypoints!.Value, transformed.Keypoints!.Value, transform)),
                ("keypoint_prior", () => KeypointPriorLoss.Evaluate(motion.Points(), Parts.Config.UpstreamQuirks)),
                ("head_pose", () => (head.Degrees() - Degrees(end.Coefficients.Angles)).abs().mean()),
                ("deformation_prior", () => motion.Expression.abs().sum([1, 2]).mean()),
                ("landmark_guide", () => (Guide(own, Landmarks(start)) + Guide(motion, marks)) / 2),
                (BaselineRecipe.Identity, () => FaceIdentityLoss.Evaluate(Parts.SeenBy("the term 'identity'").Descriptor, image, end.Image, marks)),
                .. Adversarial(pairs),
            ]),
            _critics.Count == 0 ? null : () => Judge(pairs));
    }

    private Keypoints Landmarks(FaceObservation frames) => new Keypoints(Parts.Reconstructor.Landmarks(frames.Coefficients)).Detach();

    private static Tensor Guide(ImplicitMotion motion, Keypoints landmarks)
        => WingLoss.Evaluate(GuidedPoints.Of(motion), GuidedPoints.Wanted(landmarks));

    private static (Tensor Real, Tensor Made) Pair(FaceRegion region, Tensor real, Tensor made, Keypoints landmarks)
        => (region.Cut(real, landmarks, real.size(3) / 2), region.Cut(made, landmarks, real.size(3) / 2));

    // The names and weights are those of one discriminator; the four are summed.
    private IEnumerable<(string Name, Func<Tensor> Evaluate)> Adversarial(IReadOnlyList<(Tensor Real, Tensor Made)> pairs)
    {
        if (_critics.Count == 0) return [];
        var terms = new Lazy<ILookup<string, Func<Tensor>>>(() => _critics
            .Zip(pairs, (critic, pair) => critic.Terms(pair.Real, pair.Made, null)).SelectMany(all => all).ToLookup(term => term.Name, term => term.Evaluate));
        return new[] { BaselineRecipe.Adversarial, BaselineRecipe.FeatureMatching }.Select<string, (string, Func<Tensor>)>(
            name => (name, () => Total(terms.Value[name].Select(evaluate => evaluate()))));
    }

    private Tensor Judge(IReadOnlyList<(Tensor Real, Tensor Made)> pairs)
        => Total(_critics.Zip(pairs, (critic, pair) => critic.Judge(pair.Real, pair.Made, null)));
}
