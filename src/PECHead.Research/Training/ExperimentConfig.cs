using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;

namespace PECHead.Research.Training;

/// <summary>Everything that fixes an experiment except where its data lie.</summary>
public sealed record ExperimentConfig
{
    /// <summary>Which parts the model has: the id of one of <see cref="AblationSettings"/>, or a base and the axes that differ.</summary>
    public AblationSetting Setting { get; init; } = AblationSettings.Full;

    /// <summary>Name of a <see cref="ModelSize"/>: tiny, small or paper.</summary>
    public string Size { get; init; } = ModelSize.Small.Name;

    /// <summary>Name of the face reconstructor R: mesh or bfm.</summary>
    public string Reconstructor { get; init; } = "mesh";

    /// <summary>Values of the expression that the reconstructor gives; 0 takes what the prepared data have.</summary>
    public int ExpressionSize { get; init; }

    /// <summary>What the decoder's output stands for.</summary>
    public OutputComposition Composition { get; init; } = OutputComposition.Residual;

    /// <summary>Optimizer, schedule, arithmetic.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>Weights of the loss terms.</summary>
    public LossWeights Loss { get; init; } = new();

    /// <summary>
    /// What the perceptual term compares. <b>Choice:</b> layers of the embedded face recogniser; the paper's VGG19 where its
    /// weights are.
    /// </summary>
    public PerceptualFeatureSet Features { get; init; } = PerceptualFeatureSet.Recognizer;

    /// <summary>Random changes of the frames.</summary>
    public FrameAugmentationConfig Augmentation { get; init; } = new();

    /// <summary>Random moves of the equivariance term.</summary>
    public SimilarityTransformConfig Transform { get; init; } = new();

    /// <summary>The model's architecture.</summary>
    public PecHeadConfig Model()
    {
        var config = PecHeadConfig.For(ModelSize.Named(Size), Setting);
        return config with
        {
            ExpressionSize = ExpressionSize == 0 ? config.ExpressionSize : ExpressionSize,
            Generator = config.Generator with { Composition = Composition },
        };
    }

    /// <summary>The discriminator's architecture.</summary>
    public DiscriminatorConfig Discriminator() => DiscriminatorConfig.For(ModelSize.Named(Size));

    /// <summary>The weights of the terms that the setting has.</summary>
    public LossWeights Terms() => Setting.HasKeypoints ? Loss : Loss.WithoutKeypoints();

    /// <summary>Checks every part.</summary>
    /// <exception cref="ArgumentException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ExpressionSize);
        Model().Validate();
        Training.Validate();
        Loss.Validate();
        Augmentation.Validate();
        Transform.Validate();
    }
}
