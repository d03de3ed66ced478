using System.Globalization;
using PECHead.Research.Acceleration;
using PECHead.Research.Augmentation;
using PECHead.Research.Distribution;
using PECHead.Research.FaceModel;
using PECHead.Research.Flow;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>One step of optimisation: generate, compare, differentiate, update; then the same for the discriminator.</summary>
/// <remarks>Everything random in a step follows from the seed and the step's number, so that a resumed run repeats it.</remarks>
public sealed class TrainingStep
{
    private readonly TrainingState _state;
    private readonly TrainingObjective _objective;
    private readonly ExperimentConfig _config;
    private readonly IFaceReconstructor _reconstructor;
    private readonly IFlowEstimator _flow;
    private readonly Device _device;
    private readonly VirtualIdentities? _people;

    /// <summary>Prepares to train a model.</summary>
    /// <param name="state">What is trained, on <paramref name="device"/>.</param>
    /// <param name="objective">What to minimise.</param>
    /// <param name="config">The experiment.</param>
    /// <param name="reconstructor">Turns coefficients into landmarks.</param>
    /// <param name="flow">Flow between the source frames of a clip.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="portraits">Still pictures on <paramref name="device"/>, where the experiment makes pairs of them.</param>
    public TrainingStep(
        TrainingState state, TrainingObjective objective, ExperimentConfig config, IFaceReconstructor reconstructor, IFlowEstimator flow, Device device,
        Portraits? portraits = null)
    {
        (_state, _objective, _config, _reconstructor, _flow, _device) = (state, objective, config, reconstructor, flow, device);
        _people = config.VirtualIdentities is { } virtually ? new VirtualIdentities(virtually, reconstructor, portraits) : null;
    }

    /// <summary>The ranks that train together, each with a share of the batch.</summary>
    internal World World { get; init; } = World.Alone;

    /// <summary>How far faces tremble, where the experiment asks for clips in which they do; stays the caller's.</summary>
    internal ObservationNoise? Noise { get; init; }

    /// <summary>Runs a step.</summary>
    /// <param name="step">Its number, from 0.</param>
    /// <param name="sample">Frames with their faces.</param>
    /// <param name="learningRate">For this step.</param>
    /// <param name="clock">Measures the parts of the step; null: nobody asks.</param>
    /// <param name="look">Sees the first frames of the clips and what the model made of them; null: nobody looks.</param>
    /// <returns>The total loss and its terms, before the update.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite; the parameters were left as they were.</exception>
    internal IReadOnlyDictionary<string, double> Run(
        int step, TrainingSample sample, double learningRate, StepClock? clock, Action<Reconstruction>? look)
    {
        clock ??= new StepClock();
        Require(sample);
        using var scope = NewDisposeScope();
        using var generator = Randomness("step", step);
        sample = Imagine(sample, step);
        clock.Lap("people");
        long batch = sample.Source[0].Image.size(0);
        var augmentation = FrameAugmentation.Draw(batch, _config.Augmentation, generator, _device);
        IPlaneTransform transform = _config.ThinPlate is { } bend
            ? ThinPlateSpline.Random(batch, bend, generator, _device)
            : SimilarityTransform.Random(batch, _config.Transform, generator, _device);
        List<Reconstruction> clip;
        ObjectiveValue value;
        try
        {
            clip = Reconstruct(sample, Trembling(sample, step), augmentation, transform);
            look?.Invoke(clip[0]);
            clock.Lap("forward");
            value = ObjectiveValue.Mean([.. clip.Select(_objective.Evaluate)]);
        }
        catch (NotFiniteNumberException error)
        {
            // Sampling at a place that is no number is refused instead of passed on to the loss.
            throw Diverged(step, error.Message, error);
        }
        var numbers = Shared(value.ToNumbers());
        RequireFinite(step, numbers);
        clock.Lap("loss");
        Update(_state.Optimizer, value.Total, learningRate, clock);
        if (_state.Discriminator is { } discriminator)
        {
            var judgement = Judge(discriminator, clip);
            double[] judged = [judgement.ToDouble()];
            World.Mean(judged);
            numbers.Add("discriminator", judged[0]);
            RequireFinite(step, numbers);
            clock.Lap("loss");
            Update(_state.DiscriminatorOptimizer!, judgement, learningRate, clock);
        }
        _state.Average?.Update(_state.Model, step);
        clock.Lap("update");
        return numbers;
    }

    /// <inheritdoc cref="Run(int, TrainingSample, double, StepClock, Action{Reconstruction})"/>
    public IReadOnlyDictionary<string, double> Run(int step, TrainingSample sample, double learningRate) => Run(step, sample, learningRate, null, null);

    // Numbers of their own: the other draws of a step are the same with and without virtual identities.
    private TrainingSample Imagine(TrainingSample sample, int step)
    {
        if (_people is null) return sample;
        using var generator = Randomness("virtual identities, step", step);
        var moments = _people.Apply([.. sample.Source, .. sample.Driving], generator);
        return new TrainingSample([.. moments.Take(sample.Source.Count)], [.. moments.Skip(sample.Source.Count)]);
    }

    // Every rank changes its own frames in its own way.
    private Generator Randomness(string what, int step) => new((ulong)ParameterInitialization.SeedOf(
        _config.Training.Seed, string.Create(CultureInfo.InvariantCulture, $"{what} {step}{(World.IsFirst ? "" : $", rank {World.Rank}")}")));

    // Means over all ranks: what one of them cannot compute stops all.
    private Dictionary<string, double> Shared(IReadOnlyDictionary<string, double> numbers)
    {
        double[] values = [.. numbers.Values];
        World.Mean(values);
        return numbers.Keys.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private void Require(TrainingSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.Source.Count == 0 || sample.Source.Count != sample.Driving.Count)
            throw new ArgumentException($"Expected as many driving as source batches, received {sample.Source.Count} and {sample.Driving.Count}.", nameof(sample));
        long side = _state.Model.ImageSize;
        foreach (var batch in sample.Source.Concat(sample.Driving))
        {
            TensorGuard.Shape(sample.Source[0].Image, nameof(sample), TensorGuard.Some, 3, side, side);
            TensorGuard.Input(_state.Model, batch.Image, nameof(sample), sample.Source[0].Image.shape);
            FaceCoefficients.Require(batch.Coefficients, nameof(sample));
            TensorGuard.Shape(batch.Coefficients.Score, nameof(sample), batch.Image.size(0));
            TensorGuard.Shape(batch.Coefficients.Identity, nameof(sample), batch.Image.size(0), _reconstructor.IdentitySize);
            TensorGuard.Shape(batch.Coefficients.Expression, nameof(sample), batch.Image.size(0), _reconstructor.ExpressionSize);
        }
    }

    // What the model is told of the driving frames: every frame trembles on its own, by the multiple of its clip.
    private IReadOnlyList<FaceObservation> Trembling(TrainingSample sample, int step)
    {
        if (Noise is null || _config.Clips is not { Noise: > 0 } clips) return sample.Driving;
        using var generator = Randomness("noise, step", step);
        var level = rand([sample.Driving[0].Image.size(0)], generator: generator).to(_device) * clips.Noise;
        return [.. sample.Driving.Select(moment => moment with { Coefficients = Noise.Apply(moment.Coefficients, level, clips.Outliers, generator) })];
    }

    private List<Reconstruction> Reconstruct(TrainingSample sample, IReadOnlyList<FaceObservation> told, FrameAugmentation augmentation, IPlaneTransform transform)
    {
        var clip = new List<Reconstruction>();
        Generated? previous = null;
        Tensor? previousSource = null;
        foreach (var (source, driving, seen) in sample.Source.Zip(sample.Driving, told))
        {
            var (from, to) = (augmentation.Apply(Data(source), _reconstructor), augmentation.Apply(Data(driving), _reconstructor));
            var motion = ReferenceEquals(seen, driving) ? to : augmentation.Apply(Data(seen), _reconstructor);
            // A still source has not moved.
            var flow = previous?.Context is null || _config.Clips is { StillSource: true } ? null : _flow.Estimate(from.Image, previousSource!);
            var (reconstruction, generated) = Reconstruct(from, to, motion.Coefficients, transform, previous, flow);
            clip.Add(reconstruction);
            (previous, previousSource) = (generated, from.Image);
        }
        return clip;
    }

    private (Reconstruction Reconstruction, Generated Generated) Reconstruct(
        FaceObservation source, FaceObservation driving, FaceCoefficients told, IPlaneTransform transform, Generated? previous, Tensor? flow)
    {
        var sourceFrame = Laid(source).AsSource(_reconstructor);
        var motion = driving with { Coefficients = told };
        var drivingFrame = Laid(motion).AsDriving(source.Coefficients, _reconstructor);
        using var arithmetic = Accelerator.MixedPrecision(_device, _config.Training.Precision);
        var state = _state.Model.EncodeSource(sourceFrame);
        var generated = _state.Model.Animate(state, drivingFrame, previous?.Context, flow);
        var keypoints = generated is { SourceKeypoints: { } at, DrivingKeypoints: { } target }
            ? new LearnedKeypoints(at, target, Transformed(state, source, motion, transform), transform)
            : null;
        var judgements = _state.Discriminator is { } discriminator ? Frozen(discriminator).call(generated.Image) : null;
        Landmarks.Keypoints? landmarks = _config.Loss.FaceParts > 0 ? new(_reconstructor.Landmarks(driving.Coefficients)) : null;
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
        return _state.Model.ObserveMotion(state, Laid(bent).AsDriving(source.Coefficients, _reconstructor)).Keypoints!.Value;
    }

    private Tensor Judge(MultiScaleDiscriminator discriminator, IReadOnlyList<Reconstruction> clip)
    {
        foreach (var parameter in discriminator.parameters()) parameter.requires_grad = true;
        using var arithmetic = Accelerator.MixedPrecision(_device, _config.Training.Precision);
        var terms = clip.Select(frame => AdversarialLoss.OfDiscriminator(
            discriminator.call(frame.Driving), discriminator.call(frame.Image.detach()))).ToList();
        return terms.Aggregate((sum, term) => sum + term) / terms.Count;
    }

    private static MultiScaleDiscriminator Frozen(MultiScaleDiscriminator discriminator)
    {
        foreach (var parameter in discriminator.parameters()) parameter.requires_grad = false;
        return discriminator;
    }

    private void Update(FusedAdam optimizer, Tensor loss, double learningRate, StepClock clock)
    {
        foreach (var group in optimizer.ParamGroups) group.LearningRate = learningRate;
        optimizer.zero_grad();
        loss.backward();
        GradientExchange.Average(optimizer.parameters(), World);
        clock.Lap("backward");
        if (_config.Training.GradientNorm > 0) nn.utils.clip_grad_norm_(optimizer.parameters(), _config.Training.GradientNorm);
        optimizer.step();
        clock.Lap("update");
    }

    private static void RequireFinite(int step, Dictionary<string, double> numbers)
    {
        if (!numbers.Values.All(double.IsFinite))
            throw Diverged(step, string.Join(", ", numbers.Select(term => $"{term.Key} {term.Value}")));
    }

    private static TrainingDivergedException Diverged(int step, string what, Exception? cause = null) => new(
        $"the loss of step {step} is not a number ({what}). A checkpoint that the run has is whole: continue with --resume and a smaller --learning-rate. Without one, start again with a smaller rate.",
        cause!);

    // A step differentiates twice: nothing may lead from one graph into the other.
    private static FaceObservation Data(FaceObservation batch) => new(batch.Image.detach(), batch.Coefficients.Detach());

    private FaceObservation Laid(FaceObservation batch) => batch with
    {
        Image = _config.Training.ChannelsLast ? Accelerator.ChannelsLast(batch.Image) : batch.Image.contiguous(),
    };
}
