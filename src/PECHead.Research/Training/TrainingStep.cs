using System.Globalization;
using PECHead.Research.Acceleration;
using PECHead.Research.Augmentation;
using PECHead.Research.Distribution;
using PECHead.Research.FaceModel;
using PECHead.Research.Flow;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Recipes;
using PECHead.Research.Training.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>One step of optimisation: generate, compare, differentiate, update; then the same for the discriminator.</summary>
/// <remarks>Everything random in a step follows from the seed and the step's number, so that a resumed run repeats it.</remarks>
public sealed class TrainingStep
{
    private readonly TrainingState _state;
    private readonly ModelObjective _objective;
    private readonly ExperimentConfig _config;
    private readonly IFaceReconstructor _reconstructor;
    private readonly Device _device;
    private readonly VirtualIdentities? _people;

    /// <summary>Prepares to train a model.</summary>
    /// <param name="state">What is trained, on <paramref name="device"/>.</param>
    /// <param name="perceptual">The perceptual term.</param>
    /// <param name="config">The experiment.</param>
    /// <param name="reconstructor">Turns coefficients into landmarks.</param>
    /// <param name="flow">Flow between the source frames of a clip.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="portraits">Still pictures on <paramref name="device"/>, where the experiment makes pairs of them.</param>
    /// <param name="networks">See faces in generated frames, where the experiment asks them.</param>
    public TrainingStep(
        TrainingState state, PyramidPerceptualLoss perceptual, ExperimentConfig config, IFaceReconstructor reconstructor, IFlowEstimator flow, Device device,
        Portraits? portraits = null, FaceNetworks? networks = null)
    {
        (_state, _config, _reconstructor, _device) = (state, config, reconstructor, device);
        _objective = ObjectiveKind.Of(config).Create(new ObjectiveParts(state, config, perceptual, reconstructor, flow, device, networks));
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
    /// <param name="progress">Share of the run that is done, 0 to 1; 0 while its length is not known.</param>
    /// <param name="clock">Measures the parts of the step; null: nobody asks.</param>
    /// <param name="look">Sees the first frames of the clips and what the model made of them; null: nobody looks.</param>
    /// <returns>The total loss and its terms, before the update.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite; the parameters were left as they were.</exception>
    internal IReadOnlyDictionary<string, double> Run(
        int step, TrainingSample sample, double learningRate, double progress, StepClock? clock, Action<TrainingPass>? look)
    {
        clock ??= new StepClock();
        Require(sample);
        using var scope = NewDisposeScope();
        using var generator = Randomness("step", step);
        sample = Imagine(sample, step);
        clock.Lap("people");
        long batch = sample.Source[0].Image.size(0);
        var augmentation = FrameAugmentation.Draw(batch, _config.Augmentation, generator, _device);
        TrainingPass pass;
        ObjectiveValue value;
        try
        {
            pass = _objective.Generate(new TrainingBatch(sample, Trembling(sample, step), augmentation, generator, progress));
            look?.Invoke(pass);
            clock.Lap("forward");
            value = pass.Compare();
        }
        catch (NotFiniteNumberException error)
        {
            // Sampling at a place that is no number is refused instead of passed on to the loss.
            throw Diverged(step, error.Message, error);
        }
        var numbers = Shared(value.ToNumbers());
        RequireFinite(step, numbers);
        clock.Lap("loss");
        Update(_state.Optimizer, value.Total, learningRate * _state.ModelCadence, clock, Bounded);
        if (pass.Judge is { } judge)
        {
            var judgement = judge();
            double[] judged = [judgement.ToDouble()];
            World.Mean(judged);
            numbers.Add("discriminator", judged[0]);
            RequireFinite(step, numbers);
            clock.Lap("loss");
            Update(_state.DiscriminatorOptimizer!, judgement, learningRate * _state.DiscriminatorCadence, clock, null);
        }
        _state.Average?.Update(_state.Model, step);
        clock.Lap("update");
        return numbers;
    }

    /// <inheritdoc cref="Run(int, TrainingSample, double, double, StepClock, Action{TrainingPass})"/>
    public IReadOnlyDictionary<string, double> Run(int step, TrainingSample sample, double learningRate)
        => Run(step, sample, learningRate, _config.Training.Steps == 0 ? 0 : (double)step / _config.Training.Steps, null, null);

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
        var side = sample.Source[0].Image is { IsInvalid: false, ndim: 4 } frames && _config.Takes((int)frames.size(3)) ? frames.size(3) : _state.Model.ImageSize;
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

    private void Update(FusedAdam optimizer, Tensor loss, double learningRate, StepClock clock, Action? bound)
    {
        foreach (var group in optimizer.ParamGroups) group.LearningRate = learningRate;
        optimizer.zero_grad();
        loss.backward();
        clock.Lap("backward");
        if (World.Size > 1)
        {
            GradientExchange.Average(optimizer.parameters(), World, _config.Training.ExchangePrecision);
            clock.Lap("exchange");
        }
        bound?.Invoke();
        if (_config.Training.GradientNorm > 0) nn.utils.clip_grad_norm_(optimizer.parameters(), _config.Training.GradientNorm);
        optimizer.step();
        clock.Lap("update");
    }

    private void Bounded()
    {
        if (_config.Training.GradientBound == 0) return;
        var named = _config.Recipe()?.BoundedParts ?? [];
        foreach (var (name, part) in _state.Model.named_children())
        {
            if (named.Count > 0 && !named.Contains(name)) continue;
            Parameter[] moved = [.. part.parameters().Where(parameter => parameter.grad is not null)];
            if (moved.Length > 0) nn.utils.clip_grad_norm_(moved, _config.Training.GradientBound, double.PositiveInfinity);
        }
    }

    private static void RequireFinite(int step, Dictionary<string, double> numbers)
    {
        if (!numbers.Values.All(double.IsFinite))
            throw Diverged(step, string.Join(", ", numbers.Select(term => $"{term.Key} {term.Value}")));
    }

    private static TrainingDivergedException Diverged(int step, string what, Exception? cause = null) => new(
        $"the loss of step {step} is no finite number ({what}). {TrainingDivergedException.Remedy}",
        cause!);
}
