using System.ComponentModel;
using PECHead.Research.Acceleration;
using YamlDotNet.Serialization;

namespace PECHead.Research.Recipes;

/// <summary>How a model is trained.</summary>
/// <remarks><b>Paper:</b> PECHead leaves all of this to its supplement, which is not public.</remarks>
public sealed record TrainingConfig
{
    // Adam moves every weight by about the rate: with more, none is left after a step.
    private const double MostRate = 1;

    /// <summary>Optimizer steps of a whole run; 0 lets the first steps of a run bounded in minutes decide.</summary>
    public int Steps { get; init; }

    /// <summary>Frames generated in a step. <b>Choice:</b> 8, what two cores do in about a second at 128 px.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// T: adjacent frames of a clip that are generated one after the other, each knowing of those before. <b>Choice:</b> 1 for a
    /// first stage of single frames, 4 for a second stage with propagation; the paper does not give T.
    /// </summary>
    public int FramesPerClip { get; init; } = 1;

    /// <summary>
    /// Peak learning rate of Adam. <b>Choice:</b> 1e-3, five times First Order Motion Model's: runs here are of minutes, not days.
    /// </summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps of linear warm-up from 0. <b>Choice:</b> 30.</summary>
    public int WarmupSteps { get; init; } = 30;

    /// <summary>The learning rate falls along a cosine to this fraction of its peak; 1 keeps it constant. <b>Choice:</b> 0.02.</summary>
    public double FinalFraction { get; init; } = 0.02;

    /// <summary>
    /// Shares of the run, 0 to 1, after each of which the learning rate is <see cref="MilestoneFactor"/> of what it was. <b>Choice:</b> none, beside the cosine; First
    /// Order Motion Model: 0.6 and 0.9 of a constant rate.
    /// </summary>
    public IReadOnlyList<double> Milestones { get; init; } = [];

    /// <summary>What a milestone leaves of the learning rate, above 0 and at most 1. <b>Choice:</b> 0.1, as in First Order Motion Model; the codebook method: 0.5.</summary>
    [DefaultValue(0.1)]
    [YamlMember(DefaultValuesHandling = DefaultValuesHandling.OmitDefaults)]
    public double MilestoneFactor { get; init; } = 0.1;

    /// <summary>
    /// Decay of Adam's first moment. <b>Choice:</b> 0.9: with First Order Motion Model's 0.5 and a learning rate of 1.5e-3 the
    /// keypoint estimator never used its pose.
    /// </summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of Adam's second moment. <b>Choice:</b> 0.999, as in First Order Motion Model.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>
    /// Decay of the moving average of the weights that is evaluated, reached after a warm-up; 0 keeps none. <b>Choice:</b> 0.999.
    /// </summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>Greatest norm of all gradients together; larger ones are scaled down. 0: no limit. <b>Choice:</b> 0.</summary>
    public double GradientNorm { get; init; }

    /// <summary>
    /// Greatest entry of the gradient of a network; larger ones scale the whole gradient down. 0: no limit. <b>Choice:</b> 0; Thin-Plate
    /// Spline Motion Model: 10.
    /// </summary>
    [YamlMember(DefaultValuesHandling = DefaultValuesHandling.OmitDefaults)]
    public double GradientBound { get; init; }

    /// <summary>Share of the weights that Adam adds to their gradient. <b>Choice:</b> 0; Thin-Plate Spline Motion Model: 1e-4.</summary>
    [YamlMember(DefaultValuesHandling = DefaultValuesHandling.OmitDefaults)]
    public double WeightDecay { get; init; }

    /// <summary>
    /// Whether batch normalisation keeps the statistics it has, instead of those of each batch. <b>Choice:</b> no in a first stage;
    /// yes in a second, whose clips leave two frames or so in a batch.
    /// </summary>
    public bool FrozenStatistics { get; init; }

    /// <summary>Arithmetic of the convolutions. <b>Choice:</b> brain floats, measured faster at equal loss.</summary>
    public Precision Precision { get; init; } = Precision.Mixed;

    /// <summary>
    /// How gradients travel between ranks: in float32, or rounded to brain floats with half the bytes. One rank exchanges none. <b>Choice:</b> float32.
    /// </summary>
    [YamlMember(DefaultValuesHandling = DefaultValuesHandling.OmitDefaults)]
    public Precision ExchangePrecision { get; init; }

    /// <summary>Whether frames and weights lie channels last in memory. <b>Choice:</b> yes, measured faster.</summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>Seed of parameters, pairs and transforms.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Minutes between checkpoints; a kill loses at most so much.</summary>
    public double CheckpointMinutes { get; init; } = 2;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value outside of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FramesPerClip, 1);
        if (BatchSize % FramesPerClip != 0)
            throw new ArgumentException($"A batch of {BatchSize} frames cannot be split into clips of {FramesPerClip}.");
        ArgumentOutOfRangeException.ThrowIfNegative(GradientNorm);
        ArgumentOutOfRangeException.ThrowIfNegative(GradientBound);
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay);
        if (Milestones.Any(share => share is not (>= 0 and <= 1))) throw new ArgumentException("Milestones are shares of the run, between 0 and 1.");
        if (MilestoneFactor is not (> 0 and <= 1)) throw new ArgumentException($"A milestone leaves a share of the learning rate above 0 and at most 1, not {MilestoneFactor}.");
        ArgumentOutOfRangeException.ThrowIfNegative(AverageDecay);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(AverageDecay, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LearningRate, MostRate);
        ArgumentOutOfRangeException.ThrowIfNegative(WarmupSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(FinalFraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FinalFraction, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CheckpointMinutes);
    }
}
