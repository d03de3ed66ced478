using PECHead.Research.Augmentation;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;

namespace PECHead.Research.Recipes;

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

    /// <summary>What the decoder's output stands for, where the setting does not say.</summary>
    public OutputComposition Composition { get; init; } = OutputComposition.Residual;

    /// <summary>What the convolutions of the motion's mask and occlusion read.</summary>
    public MotionHeadInput MotionHead { get; init; } = MotionHeadInput.Wide;

    /// <summary>Optimizer, schedule, arithmetic.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>Weights of the loss terms.</summary>
    public LossWeights Loss { get; init; } = new();

    /// <summary>
    /// What the perceptual term compares. <b>Choice:</b> an image pyramid, which needs no file and trained the reference; the
    /// paper's VGG19 where its weights are.
    /// </summary>
    public PerceptualFeatureSet Features { get; init; } = PerceptualFeatureSet.Pyramid;

    /// <summary>What estimates the flow between the source frames of a clip. <b>Choice:</b> Lucas-Kanade, which needs no file.</summary>
    public FrameFlow Flow { get; init; } = FrameFlow.LucasKanade;

    /// <summary>Random changes of the frames.</summary>
    public FrameAugmentationConfig Augmentation { get; init; } = new();

    /// <summary>Random changes that make other people of those in the frames; null: none.</summary>
    public VirtualIdentityConfig? VirtualIdentities { get; init; }

    /// <summary>What steps on clips (<see cref="TrainingConfig.FramesPerClip"/> above 1) do beyond those on frames; null: clips as they were recorded.</summary>
    public ClipTrainingConfig? Clips { get; init; }

    /// <summary>Random moves of the equivariance term.</summary>
    public SimilarityTransformConfig Transform { get; init; } = new();

    /// <summary>
    /// Random bends of the equivariance term instead of moves, as in First Order Motion Model; null: moves. They need keypoints
    /// that are found in the frame itself: what the face model says of a bent frame does not follow from the bend.
    /// </summary>
    public ThinPlateSplineConfig? ThinPlate { get; init; }

    /// <summary>The model's architecture.</summary>
    public PecHeadConfig Model()
    {
        var config = PecHeadConfig.For(ModelSize.Named(Size), Setting);
        return config with
        {
            ExpressionSize = ExpressionSize == 0 ? config.ExpressionSize : ExpressionSize,
            Motion = config.Motion with { HeadInput = MotionHead },
            Generator = config.Generator with { Composition = Setting.Composition ?? Composition },
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
        VirtualIdentities?.Validate();
        Clips?.Validate();
        Transform.Validate();
        ThinPlate?.Validate();
        if (ThinPlate is not null && Setting.Origin != KeypointOrigin.Detected)
            throw new ArgumentException($"Bends of a thin plate need a setting of the origin 'detected', not '{Setting.Id}'.");
        if (Flow == FrameFlow.Raft && Model().ImageSize < Raft.SmallestSide)
            throw new ArgumentException($"RAFT takes frames of at least {Raft.SmallestSide} px, and those of the size '{Size}' have {Model().ImageSize}.");
    }
}
