using System.Collections.ObjectModel;
using PECHead.Research.Augmentation;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using YamlDotNet.Serialization;

namespace PECHead.Research.Recipes;

/// <summary>Everything that fixes an experiment except where its data lie.</summary>
public sealed record ExperimentConfig
{
    /// <summary>Id of one of <see cref="BaselineRecipes"/>; null: PECHead.</summary>
    public string? Model { get; init; }

    /// <summary>What a run on a baseline trains.</summary>
    [YamlMember(DefaultValuesHandling = DefaultValuesHandling.OmitDefaults)]
    public TrainedStage Stage { get; init; } = TrainedStage.Frames;

    /// <summary>Which parts PECHead has: the id of one of <see cref="AblationSettings"/>, or a base and the axes that differ.</summary>
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

    /// <summary>Weights of PECHead's loss terms.</summary>
    public LossWeights Loss { get; init; } = new();

    /// <summary>Weights of a baseline's loss terms, by their names in its <see cref="BaselineRecipe"/>; a term that is not named keeps the published one.</summary>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Whether a baseline's terms are as its published code has them where that has no effect on what is learned or is a slip; otherwise they are mended.</summary>
    [YamlMember(DefaultValuesHandling = DefaultValuesHandling.OmitDefaults)]
    public bool UpstreamQuirks { get; init; }

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

    /// <summary>Side of the model's square frames in pixels.</summary>
    public int FrameSize() => ModelSize.Named(Size).ImageSize;

    /// <summary>Whether the frames of a store fit: they have the side of the frames that the model reads, or of those that it makes.</summary>
    /// <param name="side">Of the square frames, pixels.</param>
    public bool Takes(int side) => side == FrameSize() || side == FrameSize() * (Recipe()?.Enlargement ?? 1);

    /// <summary>Whether a term or a stage asks the face networks what they see in generated frames.</summary>
    public bool AsksFaceNetworks()
        => Stage == TrainedStage.Stitching || (Stage == TrainedStage.Frames && Model is not null && BaselineTerms().GetValueOrDefault(BaselineRecipe.Identity) > 0);

    /// <summary>How the baseline is trained; null for PECHead.</summary>
    /// <exception cref="ArgumentException">No such model.</exception>
    public BaselineRecipe? Recipe() => Model is null ? null : BaselineRecipes.Named(Model);

    /// <summary>The id of what is trained: the model's or, for PECHead, the setting's.</summary>
    public string Subject() => Model ?? Setting.Id;

    /// <summary>Builds the model at the start of a run.</summary>
    /// <returns>In training mode, on the CPU; equal seeds give equal parameters.</returns>
    public TalkingHeadModel CreateModel()
        => Recipe() is { } recipe
            ? ParameterInitialization.Drawn(Training.Seed, () => recipe.Create(ModelSize.Named(Size), this))
            : PecHeadFactory.Create(Architecture(), Training.Seed);

    /// <summary>The weight of every term of a baseline.</summary>
    /// <exception cref="InvalidOperationException">The experiment is PECHead's.</exception>
    public IReadOnlyDictionary<string, double> BaselineTerms()
    {
        var recipe = Recipe() ?? throw new InvalidOperationException("PECHead's terms have their weights elsewhere.");
        return recipe.Weights.ToDictionary(term => term.Key, term => Weights.TryGetValue(term.Key, out var weight) ? weight : term.Value);
    }

    /// <summary>PECHead's architecture.</summary>
    public PecHeadConfig Architecture()
    {
        var config = PecHeadConfig.For(ModelSize.Named(Size), Setting);
        return config with
        {
            ExpressionSize = ExpressionSize == 0 ? config.ExpressionSize : ExpressionSize,
            Motion = config.Motion with { HeadInput = MotionHead },
            Generator = config.Generator with { Composition = Setting.Composition ?? Composition },
        };
    }

    /// <summary>The architecture of PECHead's discriminator.</summary>
    public DiscriminatorConfig Discriminator() => DiscriminatorConfig.For(ModelSize.Named(Size));

    /// <summary>The weights of the terms that the setting has.</summary>
    public LossWeights Terms() => Setting.HasKeypoints ? Loss : Loss.WithoutKeypoints();

    /// <summary>Checks every part.</summary>
    /// <exception cref="ArgumentException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ExpressionSize);
        if (Recipe() is { } recipe) Validate(recipe);
        else ValidatePecHead();
        Architecture().Validate();
        Training.Validate();
        Loss.Validate();
        Augmentation.Validate();
        VirtualIdentities?.Validate();
        Clips?.Validate();
        Transform.Validate();
        ThinPlate?.Validate();
        if (ThinPlate is not null && Setting.Origin != KeypointOrigin.Detected)
            throw new ArgumentException($"Bends of a thin plate need a setting of the origin 'detected', not '{Setting.Id}'.");
        if (Flow == FrameFlow.Raft && FrameSize() < Raft.SmallestSide)
            throw new ArgumentException($"RAFT takes frames of at least {Raft.SmallestSide} px, and those of the size '{Size}' have {FrameSize()}.");
    }

    private void ValidatePecHead()
    {
        if (Weights.Count > 0) throw new ArgumentException("PECHead's terms have their weights under 'loss', not under 'weights'.");
        if (Stage != TrainedStage.Frames) throw new ArgumentException($"PECHead has no stage '{Stage}'.");
        if (UpstreamQuirks) throw new ArgumentException("PECHead has no published code whose quirks could be kept.");
    }

    private void Validate(BaselineRecipe recipe)
    {
        if (Weights.Keys.FirstOrDefault(name => !recipe.Weights.ContainsKey(name)) is { } unknown)
            throw new ArgumentException($"The model '{Model}' has no term '{unknown}': use {string.Join(", ", recipe.Weights.Keys)}.");
        foreach (var (name, weight) in Weights)
        {
            if (!double.IsFinite(weight) || weight < 0) throw new ArgumentException($"The weight of '{name}' must not be negative, and is {weight}.");
        }
        if (Stage == TrainedStage.Disentangling && !recipe.Disentangles) throw new ArgumentException($"The model '{Model}' has no network that separates shape and pose.");
        if (Stage == TrainedStage.Stitching && !recipe.Stitches) throw new ArgumentException($"The model '{Model}' has no networks that shift keypoints.");
        if (Training.FramesPerClip > 1) throw new ArgumentException($"The model '{Model}' passes nothing from frame to frame: frames_per_clip must be 1.");
        if (Setting != AblationSettings.Full) throw new ArgumentException($"A setting belongs to PECHead, not to the model '{Model}'.");
        if (Loss != new LossWeights()) throw new ArgumentException($"The weights under 'loss' are PECHead's; those of the model '{Model}' are {string.Join(", ", recipe.Weights.Keys)}, under 'weights'.");
    }
}
