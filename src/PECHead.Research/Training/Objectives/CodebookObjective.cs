using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.Codebooks;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>
/// That of the multi-scale codebooks: pixels and features, also of what the smallest resolution alone gives; codes near what they stand for; flows that come back
/// from their codes; First Order Motion Model's points; and a discriminator whose share follows the other gradients.
/// </summary>
/// <remarks>
/// <b>Paper:</b> Zhao et al. 2025, Sec. 3.4; the share of the discriminator is that of Esser et al. 2021 (VQGAN). <b>Choice:</b> of the published 250 000 steps the first
/// 5 000 have no discriminator; here this is a share of the run.
/// </remarks>
internal sealed class CodebookObjective(ObjectiveParts parts) : BaselineObjective(parts)
{
    private const double JudgedFrom = 0.02;
    private const double LeastGradient = 1e-4;

    private readonly CodebookModel _model = (CodebookModel)parts.State.Model;
    private readonly CodebookDiscriminator? _discriminator = (CodebookDiscriminator?)parts.State.Discriminator;

    /// <summary>The discriminator of an experiment; null where its term has no weight.</summary>
    /// <param name="config">The experiment.</param>
    public static nn.Module? Discriminator(ExperimentConfig config) => config.BaselineTerms()[BaselineRecipe.Adversarial] == 0
        ? null
        : ParameterInitialization.Drawn(config.Training.Seed, () => new CodebookDiscriminator(CodebookConfig.For(ModelSize.Named(config.Size)).BaseChannels));

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (source, driving) = Frames(batch);
        var transform = Bend(batch, new ThinPlateSplineConfig());
        var bent = Laid(transform.Warp(driving));
        var wanted = (2 * driving) - 1;
        CodebookSource state;
        AffineKeypoints points, transformed;
        MotionField field;
        IReadOnlyList<CompensatedScale> scales;
        IReadOnlyList<Tensor> levels;
        Tensor colours, coarse;
        using (Arithmetic())
        {
            state = _model.EncodeSource(new FaceFrame(source));
            points = _model.ObserveMotion(state, new FaceFrame(driving));
            (field, scales) = _model.Explain(state, points);
            Tensor[] features = [.. scales.Select(scale => scale.Appearance.Features)];
            colours = _model.Network.Decode(features).Widened();
            coarse = _model.Network.Decode([features[0]]).Widened();
            levels = Parts.Config.UpstreamQuirks ? _model.Network.EncodeEarly(wanted) : _model.Network.Encode(wanted);
            transformed = _model.ObserveMotion(state, new FaceFrame(bent));
        }
        var pixel = new Lazy<Tensor>(() => PixelLoss.Evaluate(colours, wanted));
        var perceptual = new Lazy<Tensor>(() => Perceptual(colours, wanted));
        var discriminator = batch.Progress >= JudgedFrom ? _discriminator : null;
        return new TrainingPass(
            source, driving, () => ((colours + 1) / 2).clamp(0, 1),
            () => Sum(
            [
                ("pixel", () => pixel.Value),
                ("perceptual", () => perceptual.Value),
                ("coarse_pixel", () => PixelLoss.Evaluate(coarse, wanted)),
                ("coarse_perceptual", () => Perceptual(coarse, wanted)),
                ("motion_codes", () => Total(scales.Select(MotionCodes))),
                ("flow_reconstruction", () => Total(scales.Select((made, scale) => FlowBack(made, scale, scale == 0 ? field.Deformation : scales[scale - 1].Motion!.Deformation)))),
                ("appearance_codes", () => Total(levels.Select(AppearanceCodes))),
                .. Equivariance(points, transformed, transform),
                ("keypoint_distance", () => Total(new[] { state.Points, points }.Select(one => KeypointDistanceLoss.Evaluate(one.Positions, Parts.Config.UpstreamQuirks)))),
                .. discriminator is null
                    ? Array.Empty<(string, Func<Tensor>)>()
                    : [(BaselineRecipe.Adversarial, () => Adversarial(discriminator, colours, (Weight("pixel") * pixel.Value) + (Weight("perceptual") * perceptual.Value)))],
            ]),
            discriminator is null
                ? null
                : () => AdversarialLoss.OfDiscriminator([Judged(discriminator.Thawed(), wanted)], [Judged(discriminator, colours.detach())]));
    }

    // Published code gives frames in [-1, 1] to features that expect [0, 1].
    private Tensor Perceptual(Tensor colours, Tensor wanted)
        => Parts.Config.UpstreamQuirks ? Parts.Perceptual.call(colours, wanted) : Parts.Perceptual.call((colours + 1) / 2, (wanted + 1) / 2);

    private Tensor MotionCodes(CompensatedScale made, int scale)
    {
        var tokens = Tokens(made);
        return CodeLoss.Evaluate(tokens, _model.Network.Motion.Retrieval.Quantize(tokens, scale));
    }

    // The flow that the nearest codes stand for; the gradient passes the choice of codes as if it were none.
    private Tensor FlowBack(CompensatedScale made, int scale, Tensor deformation)
    {
        using var scope = NewDisposeScope();
        var tokens = Tokens(made);
        var passed = tokens + (_model.Network.Motion.Retrieval.Quantize(tokens, scale) - tokens).detach();
        Tensor flow;
        using (Arithmetic())
            flow = _model.Network.Motion.Reconstruct(passed.transpose(1, 2).reshape(made.Motion!.Embedded.shape));
        return ((flow.Widened() - MotionCompensation.Flow(deformation).detach()).abs().mean() / MotionCompensation.Pixels(deformation)).MoveToOuterDisposeScope();
    }

    private Tensor AppearanceCodes(Tensor level, int scale)
    {
        Tensor tokens;
        using (Arithmetic())
            tokens = _model.Network.Appearance.Tokens(scale, level).Widened();
        return CodeLoss.Evaluate(tokens, _model.Network.Appearance.Retrieval.Quantize(tokens, scale));
    }

    private static Tensor Tokens(CompensatedScale made) => made.Motion!.Embedded.Widened().flatten(2).transpose(1, 2);

    // As much as the other gradients weigh at the last layer, and at most once.
    private Tensor Adversarial(CodebookDiscriminator discriminator, Tensor colours, Tensor reconstruction)
    {
        using var scope = NewDisposeScope();
        var loss = AdversarialLoss.OfGenerator([Judged(discriminator.Frozen(), colours)]);
        Tensor Strength(Tensor value) => autograd.grad([value], [_model.Network.LastWeight], retain_graph: true)[0].norm();
        var share = (Strength(reconstruction) / (Strength(loss) + LeastGradient)).clamp(0, 1).detach();
        return (share * loss).MoveToOuterDisposeScope();
    }

    private Tensor Judged(CodebookDiscriminator discriminator, Tensor frames)
    {
        using var arithmetic = Arithmetic();
        return discriminator.call(frames);
    }
}
