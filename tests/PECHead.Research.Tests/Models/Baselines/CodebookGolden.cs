using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.Codebooks;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>The codebook method beside the published code.</summary>
internal static class CodebookGolden
{
    private static readonly int[] Kept = [0, 2, 5, 8, 11, 14, 18], Drawn = [0, 3, 6, 9, 12, 15, 16], Fusions = [9, 12, 15];

    public static string[] Parts { get; } = [CompensationNetwork.Part, MotionEstimator.Part, CodebookDiscriminator.Part];

    /// <summary>Terms of the training.</summary>
    public static string[] NotCompared { get; } =
    [
        .. new[] { "motion", "app" }.SelectMany(kind => Enumerable.Range(0, CodebookConfig.ScaleCount).Select(scale => $"train.{kind}{Side(scale)}.loss")), "train.kp_distance",
        .. new[] { "transformed_frame", "transformed_value", "transformed_jacobian", "warped_value", "transform_jacobian", "loss_value", "loss_jacobian" }.Select(term => $"equivariance.{term}"),
    ];

    public static void Pass(GoldenRun run)
    {
        using var model = run.Model<CodebookModel>(CodebookModel.Format, Parts);
        var (network, estimator) = (model.Network, model.Estimator);
        var (frames, target) = ((2 * run.Source) - 1, (2 * run.Driving) - 1);
        Detect(run, "source", estimator.Detector, frames);
        Detect(run, "driving", estimator.Detector, target);
        // Goldens are rounded to single precision, which grows to 1e-3 in four scales: what is behind the stages that begin with a golden begins with this model's own points.
        var source = Watched(
            Blocks(network, "encoder"), (i, features) => { if (Kept.Contains(i)) run.Stage($"encoder{i}", features); }, () => model.EncodeSource(new FaceFrame(run.Source)));
        var to = model.ObserveMotion(source, new FaceFrame(run.Driving));
        if (run.IsStaged) Estimate(run, estimator.Motion.Explain(estimator.Motion.Reduce(frames), Recorded(run, "source"), Recorded(run, "driving")));
        var steps = estimator.Motion.Explain(estimator.Motion.Reduce(frames), source.Points, to);
        Estimate(run, steps);
        var (field, heatmaps) = (steps.Motion, CodebookModel.Heatmaps(to, steps.Motion));
        run.Stage("driving_kp_heatmap", heatmaps);
        if (run.IsStaged)
            Compensated(run, 0, network.Compensate([source.Levels[0]], field with { Deformation = run.Recorded("deformation"), Occlusion = run.Recorded("occlusion") }, heatmaps)[0]);
        var scales = network.Compensate(source.Levels, field, heatmaps);
        for (int scale = 0; scale < scales.Count; scale++) Compensated(run, scale, scales[scale]);
        Decode(run, network, [.. scales.Select(scale => scale.Appearance.Features)]);
        Train(run, network, target, [field.Deformation, .. scales.Select(scale => scale.Motion!.Deformation)]);
        run.Stage("train.out_lr", network.Decode([scales[0].Appearance.Features]));
        Judge(run, model.Discriminator!, target);
        Relative(run, model, source, to);
    }

    private static void Detect(GoldenRun run, string whose, FirstOrderDetector detector, Tensor frames)
    {
        var reduced = detector.Child("downsample").call(frames);
        var features = detector.Child("hourglass").call(reduced);
        var logits = detector.Child("heatmap").call(features);
        if (whose == "source")
        {
            run.Stage("kp_source.down", reduced);
            run.Stage("kp_source.feature", features);
            run.Stage("kp_source.logits", logits);
        }
        run.Stage($"kp_{whose}.heatmap", (logits.flatten(2) / 0.1).softmax(-1).reshape(logits.shape));
        var found = detector.call(frames);
        run.Stage($"kp_{whose}.value", found.Positions);
        run.Stage($"kp_{whose}.jacobian", found.Jacobians);
    }

    private static AffineKeypoints Recorded(GoldenRun run, string whose) => new(run.Recorded($"kp_{whose}.value"), run.Recorded($"kp_{whose}.jacobian"));

    private static void Estimate(GoldenRun run, MotionSteps steps)
    {
        run.Stage("heatmap_difference", steps.Heatmaps.unsqueeze(2));
        run.Stage("sparse_motion", steps.Proposals);
        run.Stage("sparse_deformed", steps.Warped);
        run.Stage("hourglass", steps.Motion.Features);
        run.Stage("mask", steps.Mask);
        run.Stage("deformation", steps.Motion.Deformation);
        run.Stage("occlusion", steps.Motion.Occlusion);
    }

    private static void Compensated(GoldenRun run, int index, CompensatedScale made)
    {
        var (scale, motion, appearance) = ($"scale{Side(index)}", made.Motion!, made.Appearance);
        run.Stage($"{scale}.motion_query", motion.Query);
        run.Stage($"{scale}.motion_emb", motion.Embedded);
        for (int i = 0; i < CodebookConfig.LayerCount; i++) run.Stage($"{scale}.motion_block{i}", motion.Retrieved[i].transpose(0, 1));
        run.Stage($"{scale}.motion_encoder", motion.Encoded);
        run.Stage($"{scale}.motion_residual", motion.Change.permute(0, 2, 3, 1));
        run.Stage($"{scale}.deformation", motion.Deformation);
        run.Stage($"{scale}.occlusion", motion.Occlusion);
        run.Stage($"{scale}.warped", appearance.Warped);
        for (int i = 0; i < CodebookConfig.LayerCount; i++) run.Stage($"{scale}.app_block{i}", appearance.Retrieved[i].transpose(0, 1));
        run.Stage($"{scale}.compensated", appearance.Features);
    }

    private static void Decode(GoldenRun run, CompensationNetwork network, IReadOnlyList<Tensor> features)
    {
        void Fused(int block, Tensor decoded)
        {
            if (Drawn.Contains(block)) run.Stage($"generator{block}", decoded);
            if (Array.IndexOf(Fusions, block) is not (>= 0 and var place)) return;
            var fusion = (FeatureFusion)Blocks(network, "fusion", place);
            run.Stage($"scale{Side(place + 1)}.sft", fusion.Modulate(decoded, features[place + 1]));
            run.Stage($"scale{Side(place + 1)}.ms", fusion.Child("added").call(features[place + 1]));
        }
        run.Stage("out", Watched(Blocks(network, "generator"), Fused, () => network.Decode(features)));
    }

    private static void Train(GoldenRun run, CompensationNetwork network, Tensor target, IReadOnlyList<Tensor> deformations)
    {
        var (motion, appearance) = (network.Motion, network.Appearance);
        Tensor? smallest = null;   // the losses look at the smallest features before the encoder ends
        var levels = Watched(Blocks(network, "encoder"), (i, features) => smallest = i == 11 ? features.alias().DetachFromDisposeScope() : smallest, () => network.Encode(target)).ToArray();
        levels[0] = smallest!;
        for (int scale = 0; scale < levels.Length; scale++)
        {
            var embedded = motion.Embed(MotionCompensation.Flow(deformations[scale]));
            var tokens = Quantized(run, $"train.motion{Side(scale)}", motion.Retrieval, embedded.flatten(2).transpose(1, 2), scale);
            run.Stage($"train.motion{Side(scale)}.recon", motion.Reconstruct(tokens.transpose(1, 2).reshape(embedded.shape)).permute(0, 2, 3, 1) / 31.5);
            tokens = Quantized(run, $"train.app{Side(scale)}", appearance.Retrieval, appearance.Tokens(scale, levels[scale]), scale);
            run.Stage($"train.app{Side(scale)}.recon", appearance.Restore(scale, tokens));
        }
        smallest!.Dispose();
    }

    private static Tensor Quantized(GoldenRun run, string name, CodeRetrieval retrieval, Tensor tokens, int scale)
    {
        var codes = retrieval.Nearest(tokens, scale);
        run.Stage($"{name}.indices", codes.flatten());
        return retrieval.Codes(scale)[codes];
    }

    private static void Judge(GoldenRun run, CodebookDiscriminator network, Tensor frames)
    {
        run.Stage("net_d.out", network.call(frames));
        var features = frames;
        for (int i = 0; i < 3; i++) features = network.Child("main", i).call(features);
        run.Stage("net_d.conv1", features);
    }

    private static void Relative(GoldenRun run, CodebookModel model, CodebookSource source, AffineKeypoints driving)
    {
        var first = model.ObserveMotion(source, new FaceFrame(run.Start));
        run.Stage("relative.initial_value", first.Positions);
        var motion = (AffineKeypoints)model.Transfer(MotionMode.Relative, source, driving, first);
        run.Stage("relative.value", motion.Positions);
        run.Stage("relative.jacobian", motion.Jacobians);
        var scales = model.Explain(source, motion).Scales;
        run.Stage("relative.out", model.Network.Decode([.. scales.Select(scale => scale.Appearance.Features)]));
    }

    // Shows the results of the modules of a list while something runs.
    private static T Watched<T>(nn.Module list, Action<int, Tensor> show, Func<T> work)
    {
        var hooks = list.children().Cast<nn.Module<Tensor, Tensor>>().Select((block, i) => block.register_forward_hook((_, _, made) =>
        {
            show(i, made);
            return made;
        })).ToList();
        var result = work();
        hooks.ForEach(hook => hook.remove());
        return result;
    }

    private static nn.Module Blocks(CompensationNetwork network, string name)
    {
        var child = network.named_children().Single(one => one.name == name).module;
        return name == "fusion" ? child : child.named_children().Single().module;
    }

    private static nn.Module Blocks(CompensationNetwork network, string name, int index) => Blocks(network, name).children().ElementAt(index);

    private static int Side(int scale) => 32 << scale;
}
