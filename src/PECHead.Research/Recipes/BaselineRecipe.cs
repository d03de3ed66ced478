using PECHead.Research.Models;

namespace PECHead.Research.Recipes;

/// <summary>How a baseline is trained, as far as its paper says.</summary>
/// <param name="Id">Id of the catalogue.</param>
/// <param name="Create">Makes the model of a size with what an experiment on it needs, with random weights.</param>
/// <param name="Weights">Terms of the objective with their published weights.</param>
public sealed record BaselineRecipe(string Id, Func<ModelSize, ExperimentConfig, TalkingHeadModel> Create, IReadOnlyDictionary<string, double> Weights)
{
    /// <summary>Name of the term that a discriminator gives.</summary>
    public const string Adversarial = "adversarial";

    /// <summary>Name of the term that compares features of a discriminator.</summary>
    public const string FeatureMatching = "feature_matching";

    /// <summary>Name of the term that asks a face network who is seen.</summary>
    public const string Identity = "identity";

    /// <summary>Whether there is a stage of <see cref="TrainedStage.Disentangling"/>.</summary>
    public bool Disentangles { get; init; }

    /// <summary>Whether there is a stage of <see cref="TrainedStage.Stitching"/>.</summary>
    public bool Stitches { get; init; }

    /// <summary>How many times larger than what it reads a generated frame is; frames of a store may have either size.</summary>
    public int Enlargement { get; init; } = 1;

    /// <summary>Decay of Adam's first moment.</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Decay of Adam's second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Share of the square of the weights that Adam adds to the gradient.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Bound of every entry of the gradient; see <see cref="TrainingConfig.GradientBound"/>.</summary>
    public double GradientBound { get; init; }

    /// <summary>Parts of the model to which the bound applies, each for itself; none: to all.</summary>
    public IReadOnlyList<string> BoundedParts { get; init; } = [];

    /// <summary>Whether channels last suits the model. <b>Choice:</b> not where groups are normalised: their gradient was measured three times slower so.</summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>c of the model's optimizer, whose rate is c times the rate and whose moments decay by β^c. <b>Paper:</b> StyleGAN2, lazy regularisation; 1 elsewhere.</summary>
    public double ModelCadence { get; init; } = 1;

    /// <summary>c of the discriminator's optimizer.</summary>
    public double DiscriminatorCadence { get; init; } = 1;

    /// <summary>An experiment on this model: its optimizer, and none of the terms that belong to PECHead.</summary>
    /// <param name="experiment">Size, data, steps, rate. The adversarial terms are left out where its own adversarial term has no weight.</param>
    public ExperimentConfig Apply(ExperimentConfig experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        string[] left = experiment.Loss.Adversarial > 0 ? [] : [Adversarial, FeatureMatching];
        return experiment with
        {
            Model = Id,
            Setting = AblationSettings.Full,
            Loss = new Losses.LossWeights(),
            Weights = Weights.Keys.Intersect(left).ToDictionary(name => name, _ => 0.0),
            Clips = null,
            ThinPlate = null,
            Training = experiment.Training with
            {
                FramesPerClip = 1,
                Beta1 = Beta1,
                Beta2 = Beta2,
                WeightDecay = WeightDecay,
                GradientBound = GradientBound,
                ChannelsLast = experiment.Training.ChannelsLast && ChannelsLast,
            },
        };
    }
}
