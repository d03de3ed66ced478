using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>What a patch discriminator says of real and generated frames, as losses.</summary>
/// <param name="Network">The discriminator.</param>
/// <param name="OfGenerator">Loss of the generator from judgements of its frames.</param>
/// <param name="OfDiscriminator">Loss of the discriminator from judgements of real and of generated frames.</param>
/// <param name="Arithmetic">Opens the arithmetic of the experiment.</param>
internal sealed record PatchCritic(
    PatchDiscriminator Network, Func<Tensor, Tensor> OfGenerator, Func<Tensor, Tensor, Tensor> OfDiscriminator, Func<IDisposable> Arithmetic)
{
    /// <summary>The discriminator of an experiment on a baseline; null where neither of its terms has a weight.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="architecture">Its architecture.</param>
    public static PatchDiscriminator? Create(ExperimentConfig config, DiscriminatorConfig architecture) => Create(config, () => new PatchDiscriminator(architecture));

    /// <summary>The same for another network.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="create">Makes it.</param>
    public static T? Create<T>(ExperimentConfig config, Func<T> create)
        where T : nn.Module
    {
        var terms = config.BaselineTerms();
        return terms[BaselineRecipe.Adversarial] + terms[BaselineRecipe.FeatureMatching] == 0 ? null : ParameterInitialization.Initialized(create(), config.Training.Seed);
    }

    /// <summary>The critic of a state by least squares; null where the state has no discriminator.</summary>
    /// <param name="discriminator">A <see cref="PatchDiscriminator"/>, or null.</param>
    /// <param name="arithmetic">See <see cref="Arithmetic"/>.</param>
    public static PatchCritic? LeastSquares(nn.Module? discriminator, Func<IDisposable> arithmetic) => discriminator is PatchDiscriminator network
        ? new PatchCritic(network, LeastSquaresLoss.OfGenerator, LeastSquaresLoss.OfDiscriminator, arithmetic)
        : null;

    /// <summary>The terms of the generator.</summary>
    /// <param name="real">Frames [N, 3, H, W].</param>
    /// <param name="generated">Frames of the same shape.</param>
    /// <param name="condition">Maps that the discriminator sees beside the frames, without a gradient; null: none.</param>
    /// <param name="weights">How much each place of a frame counts where features are compared, [N, 1, H, W]; null: 1.</param>
    public IEnumerable<(string Name, Func<Tensor> Evaluate)> Terms(Tensor real, Tensor generated, Tensor? condition, Tensor? weights = null)
    {
        Network.Frozen();
        var judged = new Lazy<PatchJudgement>(() => Examine(generated, condition));
        return
        [
            (BaselineRecipe.Adversarial, () => OfGenerator(judged.Value.Map)),
            (BaselineRecipe.FeatureMatching, () => FeatureMatchingLoss.Evaluate(Examine(real, condition).Features, judged.Value.Features, weights)),
        ];
    }

    /// <summary>What the discriminator minimises.</summary>
    /// <param name="real">Frames [N, 3, H, W].</param>
    /// <param name="generated">Frames of the same shape; no gradient flows to them.</param>
    /// <param name="condition">As for <see cref="Terms"/>.</param>
    public Tensor Judge(Tensor real, Tensor generated, Tensor? condition)
    {
        Network.Thawed();
        return OfDiscriminator(Examine(real, condition).Map, Examine(generated.detach(), condition).Map);
    }

    /// <summary>A critic by the hinge loss.</summary>
    /// <param name="network">The discriminator.</param>
    /// <param name="arithmetic">See <see cref="Arithmetic"/>.</param>
    public static PatchCritic Hinge(PatchDiscriminator network, Func<IDisposable> arithmetic) => new(
        network, map => AdversarialLoss.OfGenerator([map]), (real, generated) => AdversarialLoss.OfDiscriminator([real], [generated]), arithmetic);

    private PatchJudgement Examine(Tensor frames, Tensor? condition)
    {
        using var arithmetic = Arithmetic();
        return Network.Examine(condition is null ? frames : cat([frames, condition], 1));
    }
}
