using PECHead.Research.Models;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>Which objective and which discriminator a model is trained with.</summary>
/// <param name="Discriminator">Makes the discriminator; null where the experiment needs none.</param>
/// <param name="Create">Makes the objective.</param>
internal sealed record ObjectiveKind(Func<ExperimentConfig, nn.Module?> Discriminator, Func<ObjectiveParts, ModelObjective> Create)
{
    private static readonly ObjectiveKind PecHead = new(
        config => config.Terms().Adversarial == 0 ? null : ParameterInitialization.Initialized(new MultiScaleDiscriminator(config.Discriminator()), config.Training.Seed),
        parts => new PecHeadObjective(parts));

    private static readonly Dictionary<string, ObjectiveKind> Baselines = new()
    {
        ["codebook"] = new(CodebookObjective.Discriminator, parts => new CodebookObjective(parts)),
        ["dagan"] = new(DepthAwareObjective.Discriminator, parts => new DepthAwareObjective(parts)),
        ["face2face-rho"] = new(FaceToFaceObjective.Discriminator, parts => new FaceToFaceObjective(parts)),
        ["liveportrait"] = new(PortraitObjective.Discriminator, parts => new PortraitObjective(parts)),
        ["osfv"] = new(FreeViewObjective.Discriminator, parts => new FreeViewObjective(parts)),
        ["lia"] = new(LatentObjective.Discriminator, parts => new LatentObjective(parts)),
        ["mraa"] = new(_ => null, parts => new ArticulatedObjective(parts)),
        ["tpsmm"] = new(_ => null, parts => new SplineObjective(parts)),
        ["fomm"] = new(FirstOrderObjective.Discriminator, parts => new FirstOrderObjective(parts)),
    };

    private static readonly ObjectiveKind Disentangling = new(_ => null, parts => new DisentanglingObjective(parts));

    private static readonly ObjectiveKind Stitching = new(_ => null, parts => new StitchingObjective(parts));

    /// <summary>The kind of an experiment.</summary>
    /// <param name="config">The experiment, validated.</param>
    public static ObjectiveKind Of(ExperimentConfig config) => (config.Stage, config.Model) switch
    {
        (TrainedStage.Disentangling, _) => Disentangling,
        (TrainedStage.Stitching, _) => Stitching,
        (_, { } id) => Baselines[id],
        _ => PecHead,
    };
}
