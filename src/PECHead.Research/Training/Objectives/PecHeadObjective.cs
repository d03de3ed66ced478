using PECHead.Research.FaceModel;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Observation;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>PECHead's: clips of frames, each knowing of those before, under the terms of <see cref="TrainingObjective"/>.</summary>
internal sealed class PecHeadObjective(ObjectiveParts parts) : ModelObjective(parts)
{
    private readonly TrainingObjective _objective = new(parts.Config.Terms(), parts.Perceptual);

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        long count = batch.Sample.Source[0].Image.size(0);
        IPlaneTransform transform = Parts.Config.ThinPlate is { } bend
            ? ThinPlateSpline.Random(count, bend, batch.Generator, Parts.Device)
            : SimilarityTransform.Random(count, Parts.Config.Transform, batch.Generator, Parts.Device);
        var clip = Reconstruct(batch, transform);
        return new TrainingPass(
            clip[0].Source, clip[0].Driving, () => clip[0].Image, () => ObjectiveValue.Mean([.. clip.Select(_objective.Evaluate)]),
            Discriminator is { } discriminator ? () => Judge(discriminator, clip) : null);
    }

    private MultiScaleDiscriminator? Discriminator => (MultiScaleDiscriminator?)Parts.State.Discriminator;

    private List<Reconstruction> Reconstruct(TrainingBatch batch, IPlaneTransform transform)
    {
        var clip = new List<Reconstruction>();
        Generated? previous = null;
        Tensor? previousSource = null;
        foreach (var (source, driving, seen) in batch.Sample.Source.Zip(batch.Sample.Driving, batch.Told))
        {
            FaceObservation Changed(FaceObservation moment) => batch.Augmentation.Apply(Data(moment), Parts.Reconstructor);
            var (from, to) = (Changed(source), Changed(driving));
            var motion = ReferenceEquals(seen, driving) ? to : Changed(seen);
            // A still source has not moved.
            var flow = previous?.Context is null || Parts.Config.Clips is { StillSource: true } ? null : Parts.Flow.Estimate(from.Image, previousSource!);
            var (reconstruction, generated) = Reconstruct(from, to, motion.Coefficients, transform, previous, flow);
            clip.Add(reconstruction);
            (previous, previousSource) = (generated, from.Image);
        }
        return clip;
    }

    private (Reconstruction Reconstruction, Generated Generated) Reconstruct(
        FaceObservation source, FaceObservation driving, FaceCoefficients told, IPlaneTransform transform, Generated? previous, Tensor? flow)
    {
        var model = Parts.State.Model;
        var sourceFrame = InPlace(source).AsSource(Parts.Reconstructor);
        var motion = driving with { Coefficients = told };
        var drivingFrame = InPlace(motion).AsDriving(source.Coefficients, Parts.Reconstructor);
        using var arithmetic = Arithmetic();
        var state = model.EncodeSource(sourceFrame);
        var generated = model.Animate(state, drivingFrame, previous?.Context, flow);
        var keypoints = generated is { SourceKeypoints: { } at, DrivingKeypoints: { } target }
            ? new LearnedKeypoints(at, target, Transformed(state, source, motion, transform), transform)
            : null;
        var judgements = Discriminator is { } discriminator ? discriminator.Frozen().call(generated.Image) : null;
        Landmarks.Keypoints? landmarks = Parts.Config.Loss.FaceParts > 0 ? new(Parts.Reconstructor.Landmarks(driving.Coefficients)) : null;
        return (new Reconstruction(
            source.Image, driving.Image, generated.Image, [.. generated.Branches.Select(branch => branch.Motion.Deformation)], keypoints, judgements, landmarks),
            generated);
    }

    // Eq. 5, L_e: the keypoints of the driving frame after a transform T, x_T(z) = x(T(z)). What R finds in it follows from
    // what it found in the frame itself; after a bend it is not asked.
    private Landmarks.Keypoints Transformed(SourceState state, FaceObservation source, FaceObservation driving, IPlaneTransform transform)
    {
        var coefficients = transform is SimilarityTransform similarity && similarity.Inverse() is var moved
            ? driving.Coefficients.Transformed(moved.Angle, moved.LogScale, moved.Shift)
            : driving.Coefficients;
        var bent = new FaceObservation(transform.Warp(driving.Image), coefficients);
        return Parts.State.Model.ObserveMotion(state, InPlace(bent).AsDriving(source.Coefficients, Parts.Reconstructor)).Keypoints!.Value;
    }

    private Tensor Judge(MultiScaleDiscriminator discriminator, List<Reconstruction> clip)
    {
        discriminator.Thawed();
        using var arithmetic = Arithmetic();
        var terms = clip.ConvertAll(frame => AdversarialLoss.OfDiscriminator(
            discriminator.call(frame.Driving), discriminator.call(frame.Image.detach())));
        return Total(terms) / terms.Count;
    }

    // A step differentiates twice: nothing may lead from one graph into the other.
    private static FaceObservation Data(FaceObservation batch) => new(batch.Image.detach(), batch.Coefficients.Detach());

    private FaceObservation InPlace(FaceObservation batch) => batch with { Image = Laid(batch.Image) };
}
