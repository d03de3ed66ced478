using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.LatentAnimator;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>Latent Image Animator's: pixels, features, and StyleGAN2's discriminator.</summary>
/// <remarks><b>Paper:</b> Wang et al. 2022, Sec. 3.5. Pixels are compared in [-1, 1], before they are cut off at the ends of that range.</remarks>
internal sealed class LatentObjective(ObjectiveParts parts) : BaselineObjective(parts)
{
    private readonly LatentModel _model = (LatentModel)parts.State.Model;
    private readonly StyleDiscriminator? _discriminator = (StyleDiscriminator?)parts.State.Discriminator;

    /// <summary>The discriminator of an experiment; null where its term has no weight.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config) => config.BaselineTerms()[BaselineRecipe.Adversarial] == 0
        ? null
        : ParameterInitialization.Drawn(config.Training.Seed, () => new StyleDiscriminator(LatentConfig.For(ModelSize.Named(config.Size))));

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (source, driving) = Frames(batch);
        var wanted = (2 * driving) - 1;
        Tensor colours;
        using (Arithmetic())
        {
            var state = _model.EncodeSource(new FaceFrame(source));
            var motion = _model.ObserveMotion(state, new FaceFrame(driving));
            colours = _model.Decoder.Explain(state.Code + _model.Decoder.Directions.call(motion.Steps), state.Features).Steps[^1].Colours.Widened();
        }
        var image = ((colours + 1) / 2).clamp(0, 1);
        return new TrainingPass(
            source, driving, () => image,
            () => Sum(
            [
                ("pixel", () => PixelLoss.Evaluate(colours, wanted)),
                ("perceptual", () => Parts.Perceptual.call(image, driving)),
                .. _discriminator is null
                    ? Array.Empty<(string, Func<Tensor>)>()
                    : [(BaselineRecipe.Adversarial, () => LogisticLoss.OfGenerator(Judged(_discriminator.Frozen(), colours)))],
            ]),
            _discriminator is null
                ? null
                : () => LogisticLoss.OfDiscriminator(Judged(_discriminator.Thawed(), wanted), Judged(_discriminator, colours.detach())));
    }

    private Tensor Judged(StyleDiscriminator discriminator, Tensor frames)
    {
        using var arithmetic = Arithmetic();
        return discriminator.call(frames);
    }
}
