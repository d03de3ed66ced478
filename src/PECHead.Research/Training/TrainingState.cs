using PECHead.Research.Acceleration;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using PECHead.Research.Training.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>All that changes while a model is trained: what a checkpoint has to hold.</summary>
public sealed class TrainingState : IDisposable
{
    private TrainingState(TalkingHeadModel model, FusedAdam optimizer, WeightAverage? average, nn.Module? discriminator, FusedAdam? discriminatorOptimizer)
        => (Model, Optimizer, Average, Discriminator, DiscriminatorOptimizer) = (model, optimizer, average, discriminator, discriminatorOptimizer);

    /// <summary>The model, in training mode.</summary>
    public TalkingHeadModel Model { get; }

    /// <summary>Optimizer of the model.</summary>
    public FusedAdam Optimizer { get; }

    /// <summary>Average of the model's weights; null where none is kept.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The discriminator; null where the experiment has none.</summary>
    public nn.Module? Discriminator { get; }

    /// <summary>Optimizer of the discriminator.</summary>
    public FusedAdam? DiscriminatorOptimizer { get; }

    /// <summary>What the learning rate of the model is multiplied by.</summary>
    internal double ModelCadence { get; private init; } = 1;

    /// <summary>What the learning rate of the discriminator is multiplied by.</summary>
    internal double DiscriminatorCadence { get; private init; } = 1;

    /// <summary>Builds the state at the start of a run.</summary>
    /// <param name="config">The experiment, validated.</param>
    /// <param name="device">Where to train.</param>
    public static TrainingState Create(ExperimentConfig config, Device device)
    {
        var training = config.Training;
        T Place<T>(T module) where T : nn.Module
        {
            module.to(device);
            if (training.ChannelsLast) Accelerator.ChannelsLast(module);
            module.train();
            return module;
        }
        // A cadence below 1 keeps the average step of an optimizer that skips some, as StyleGAN2's do.
        FusedAdam Optimize(nn.Module module, double cadence) => new(
            module.named_parameters(), training.LearningRate * cadence, Math.Pow(training.Beta1, cadence), Math.Pow(training.Beta2, cadence), weightDecay: training.WeightDecay);

        var model = Place(config.CreateModel());
        if (training.FrozenStatistics)
            foreach (var norm in model.modules().OfType<BatchNorm2d>()) norm.eval();
        var average = training.AverageDecay > 0 ? new WeightAverage(model, training.AverageDecay) : null;
        var discriminator = ObjectiveKind.Of(config).Discriminator(config);
        var (slow, fast) = config.Recipe() is { } recipe ? (recipe.ModelCadence, recipe.DiscriminatorCadence) : (1, 1);
        return new TrainingState(
            model, Optimize(model, slow), average, discriminator is null ? null : Place(discriminator), discriminator is null ? null : Optimize(discriminator, fast))
        {
            ModelCadence = slow,
            DiscriminatorCadence = fast,
        };
    }

    /// <summary>Frees the networks and the optimizers.</summary>
    public void Dispose()
    {
        Optimizer.Dispose();
        Average?.Dispose();
        DiscriminatorOptimizer?.Dispose();
        Discriminator?.Dispose();
        Model.Dispose();
    }
}
