using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;

namespace PECHead.Research.Training;

/// <summary>Everything that fixes an experiment except where its data lie.</summary>
public sealed record ExperimentConfig
{
    /// <summary>Name of a <see cref="ModelSize"/>: tiny, small or paper.</summary>
    public string Size { get; init; } = ModelSize.Small.Name;

    /// <summary>Optimizer, schedule, arithmetic.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>Weights of the loss terms.</summary>
    public LossWeights Loss { get; init; } = new();

    /// <summary>What the perceptual term compares.</summary>
    public PerceptualFeatureSet Features { get; init; } = PerceptualFeatureSet.Pyramid;

    /// <summary>Random changes of the frames.</summary>
    public FrameAugmentationConfig Augmentation { get; init; } = new();

    /// <summary>Random bends of the equivariance term.</summary>
    public ThinPlateSplineConfig Transform { get; init; } = new();

    /// <summary>The model's architecture.</summary>
    public PecHeadConfig Model() => PecHeadConfig.For(ModelSize.Named(Size));

    /// <summary>Checks every part.</summary>
    /// <exception cref="ArgumentException">A value outside of its range.</exception>
    public void Validate()
    {
        Model().Validate();
        Training.Validate();
        Loss.Validate();
        Augmentation.Validate();
    }
}
