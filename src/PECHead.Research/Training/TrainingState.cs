using PECHead.Research.Acceleration;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>All that changes while a model is trained: what a checkpoint has to hold.</summary>
public sealed class TrainingState : IDisposable
{
    private TrainingState(TalkingHeadModel model, FusedAdam optimizer, WeightAverage? average, MultiScaleDiscriminator? discriminator, FusedAdam? discriminatorOptimizer)
        => (Model, Optimizer, Average, Discriminator, DiscriminatorOptimizer) = (model, optimizer, average, discriminator, discriminatorOptimizer);

    /// <summary>The model, in training mode.</summary>
    public TalkingHeadModel Model { get; }

    /// <summary>Optimizer of the model.</summary>
    public FusedAdam Optimizer { get; }

    /// <summary>Average of the model's weights; null where none is kept.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The discriminator; null where the adversarial term has no weight.</summary>
    public MultiScaleDiscriminator? Discriminator { get; }

    /// <summary>Optimizer of the discriminator.</summary>
    public FusedAdam? DiscriminatorOptimizer { get; }

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
        FusedAdam Optimize(nn.Module module) => new(module.named_parameters(), training.LearningRate, training.Beta1, training.Beta2);

        var model = Place(PecHeadFactory.Create(config.Model(), training.Seed));
        if (training.FrozenStatistics)
            foreach (var norm in model.modules().OfType<BatchNorm2d>()) norm.eval();
        var average = training.AverageDecay > 0 ? new WeightAverage(model, training.AverageDecay) : null;
        if (config.Terms().Adversarial == 0) return new TrainingState(model, Optimize(model), average, null, null);
        var discriminator = new MultiScaleDiscriminator(config.Discriminator());
        ParameterInitialization.Apply(discriminator, training.Seed);
        Place(discriminator);
        return new TrainingState(model, Optimize(model), average, discriminator, Optimize(discriminator));
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
