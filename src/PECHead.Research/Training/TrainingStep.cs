using System.Globalization;
using System.Runtime.InteropServices;
using PECHead.Research.Acceleration;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>One step of optimisation: generate, compare, differentiate, update.</summary>
/// <remarks>Everything random in a step follows from the seed and the step's number, so that a resumed run repeats it.</remarks>
public sealed class TrainingStep
{
    private readonly TalkingHeadModel _model;
    private readonly TrainingObjective _objective;
    private readonly optim.Optimizer _optimizer;
    private readonly ExperimentConfig _config;
    private readonly Device _device;

    /// <summary>Prepares to train a model.</summary>
    /// <param name="model">In training mode, on <paramref name="device"/>.</param>
    /// <param name="objective">What to minimise.</param>
    /// <param name="optimizer">Holds the model's parameters.</param>
    /// <param name="config">The experiment.</param>
    /// <param name="device">Where to compute.</param>
    public TrainingStep(TalkingHeadModel model, TrainingObjective objective, optim.Optimizer optimizer, ExperimentConfig config, Device device)
        => (_model, _objective, _optimizer, _config, _device) = (model, objective, optimizer, config, device);

    /// <summary>Runs a step.</summary>
    /// <param name="step">Its number, from 0.</param>
    /// <param name="source">Frames [N, 3, S, S], RGB in [0, 1].</param>
    /// <param name="driving">Frames of the same people.</param>
    /// <param name="learningRate">For this step.</param>
    /// <returns>The total loss and its terms, before the update.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite; the parameters were left as they were.</exception>
    public IReadOnlyDictionary<string, double> Run(int step, Tensor source, Tensor driving, double learningRate)
    {
        using var scope = NewDisposeScope();
        var seed = ParameterInitialization.SeedOf(_config.Training.Seed, string.Create(CultureInfo.InvariantCulture, $"step {step}"));
        using var generator = new Generator((ulong)seed);
        var augmentation = FrameAugmentation.Draw(source.size(0), _config.Augmentation, generator, _device);
        var transform = ThinPlateSpline.Random(source.size(0), _config.Transform, generator, _device);
        ObjectiveValue value;
        try
        {
            value = _objective.Evaluate(Reconstruct(augmentation.Apply(source), augmentation.Apply(driving), transform));
        }
        catch (ExternalException error) when (error.Message.Contains("not finite", StringComparison.Ordinal))
        {
            // Sampling at a place that is no number is refused instead of passed on to the loss.
            throw Diverged(step, error.Message, error);
        }
        var numbers = value.ToNumbers();
        if (!numbers.Values.All(double.IsFinite))
        {
            throw Diverged(step, string.Join(", ", numbers.Select(term => $"{term.Key} {term.Value}")));
        }
        foreach (var group in _optimizer.ParamGroups) group.LearningRate = learningRate;
        _optimizer.zero_grad();
        value.Total.backward();
        _optimizer.step();
        return numbers;
    }

    private Reconstruction Reconstruct(Tensor source, Tensor driving, ThinPlateSpline transform)
    {
        var bent = transform.Warp(driving);
        using var arithmetic = Accelerator.MixedPrecision(_device, _config.Training.Precision);
        var state = _model.EncodeSource(Layout(source));
        var points = _model.LocateKeypoints(state, Layout(driving));
        var generated = _model.Animate(state, points);
        return new Reconstruction(
            source, driving, generated.Image, [generated.Motion.Deformation], state.Keypoints, points,
            _model.LocateKeypoints(state, Layout(bent)), transform);
    }

    private static TrainingDivergedException Diverged(int step, string what, Exception? cause = null) => new(
        $"the loss of step {step} is not a number ({what}). The last checkpoint is whole; continue from it with a smaller learning rate.",
        cause!);

    private Tensor Layout(Tensor frames) => _config.Training.ChannelsLast ? Accelerator.ChannelsLast(frames) : frames.contiguous();
}
