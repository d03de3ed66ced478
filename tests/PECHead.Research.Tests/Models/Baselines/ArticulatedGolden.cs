using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.ArticulatedAnimation;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Articulated Animation beside the published code.</summary>
internal static class ArticulatedGolden
{
    public static string[] Parts { get; } = ["generator", "region_predictor", "bg_predictor", "avd_network"];

    /// <summary>The affine part of the term of equivariance.</summary>
    public static string[] NotCompared { get; } = ["equivariance.transform_jacobian", "equivariance.loss_jacobian"];

    public static void Pass(GoldenRun run)
    {
        using var model = run.Model<ArticulatedModel>(ArticulatedModel.Format, Parts);
        var (generator, predictor) = (model.Generator, model.RegionPredictor);
        run.Stage("region_source.feature", predictor.Child("predictor").call(run.Stage("region_source.down", predictor.Child("down").call(run.Source))));
        var logits = run.Stage("region_source.logits", predictor.Logits(run.Source));
        var from = Compare(run, "region_source", RegionPredictor.Heatmaps(logits));
        var to = Compare(run, "region_driving", RegionPredictor.Heatmaps(predictor.Logits(run.Driving)));

        var reduced = generator.Flow.Reduce(run.Source);
        var steps = generator.Flow.Explain(reduced, from, to, background: null);
        run.Stage("heatmap_difference", steps.Heatmaps.unsqueeze(2));
        run.Stage("sparse_motion", steps.Proposals);
        run.Stage("sparse_deformed", steps.Warped);
        run.Stage("hourglass", steps.Motion.Features);
        run.Stage("mask", steps.Mask);
        var motion = new MotionField(run.Stage("optical_flow", steps.Motion.Deformation), run.Stage("occlusion", steps.Motion.Occlusion), steps.Motion.Features);
        Decode(run, generator, motion);

        var background = run.Stage("bg.params", Whole(model.Background!.call(run.Source, run.Driving)));
        steps = generator.Flow.Explain(reduced, from, to, background.narrow(1, 0, 2));
        run.Stage("bg.sparse_motion0", steps.Proposals.narrow(1, 0, 1));
        motion = steps.Motion with { Deformation = run.Stage("bg.optical_flow", steps.Motion.Deformation) };
        run.Stage("bg.prediction", generator.Decode(run.Source, generator.Encode(run.Source), motion));

        Modes(run, model);
        run.Pyramids();
        Equivariance(run, predictor, to);
    }

    private static Regions Compare(GoldenRun run, string name, Tensor heatmaps)
    {
        run.Stage($"{name}.heatmap", heatmaps);
        var made = RegionPredictor.Measure(heatmaps);
        var (axes, roots) = TwoByTwo.Decompose(made.Covariance);
        run.Stage($"{name}.u", axes.squeeze(0));
        run.Stage($"{name}.d", diag_embed(roots.squeeze(0)));
        return new Regions(run.Stage($"{name}.shift", made.Shift), run.Stage($"{name}.covar", made.Covariance), run.Stage($"{name}.affine", made.Affine));
    }

    // The generator's decoder, step by step.
    private static void Decode(GoldenRun run, ArticulatedGenerator generator, MotionField motion)
    {
        var levels = generator.Encode(run.Source);
        run.Stage("first", levels[0]);
        run.Stage("down", levels[^1]);
        run.Stage("warped", generator.Blend(null, levels[^1], motion));
        var features = generator.Blend(null, levels[^1], motion);
        for (int i = 0; i < 6; i++)
            features = generator.Child("bottleneck", i).call(features);
        run.Stage("bottleneck", features);
        for (int i = 0; i < 2; i++)
            features = run.Stage($"up{i}", generator.Child("up_blocks", i).call(run.Stage($"skip{i}", generator.Blend(features, levels[^(i + 1)], motion))));
        features = run.Stage("skip2", generator.Blend(features, levels[0], motion));
        run.Stage("final_logits", generator.Child("final").call(features));
        run.Stage("deformed", EdgeResize.Warp(run.Source, motion.Deformation, alignCorners: false));
        run.Stage("prediction", generator.Decode(run.Source, levels, motion));
    }

    private static void Modes(GoldenRun run, ArticulatedModel model)
    {
        var source = model.EncodeSource(new FaceFrame(run.Source));
        var (driving, first) = (model.ObserveMotion(source, new FaceFrame(run.Driving)), model.ObserveMotion(source, new FaceFrame(run.Start)));
        run.Stage("relative.initial_shift", first.Shift);
        run.Stage("relative.initial_affine", first.Affine);
        var relative = (Regions)model.Transfer(MotionMode.Relative, source, driving, first);
        run.Stage("relative.shift", relative.Shift);
        run.Stage("relative.affine", relative.Affine);
        run.Stage("relative.prediction", model.Generate(source, relative).Image);
        var made = (Regions)model.Transfer(MotionMode.Disentangled, source, driving, first);
        run.Stage("avd.shift", made.Shift);
        run.Stage("avd.affine", made.Affine);
        run.Stage("avd.covar", made.Covariance);
        run.Stage("avd.prediction", model.Generate(source, made).Image);
    }

    private static void Equivariance(GoldenRun run, RegionPredictor predictor, Regions driving)
    {
        var theta = run.Input("equivariance.theta");
        var transform = new ThinPlateSpline(theta, run.Input("equivariance.control_params").reshape(1, -1, 1));
        var bent = Warping.Sample(run.Driving, Grid(transform, run.Driving), alignCorners: false, GridSamplePaddingMode.Reflection);
        run.Stage("equivariance.transformed_frame", bent);
        var found = predictor.call(bent);
        run.Stage("equivariance.transformed_value", found.Shift);
        run.Stage("equivariance.transformed_jacobian", found.Affine);
        var back = run.Stage("equivariance.warped_value", transform.Apply(found.Shift));
        run.Stage("equivariance.loss_value", (driving.Shift - back).abs().mean());
    }

    private static Tensor Grid(ThinPlateSpline transform, Tensor frame) =>
        transform.Apply(CoordinateGrid.CreateLike(frame.size(2), frame.size(3), frame).reshape(1, -1, 2)).reshape(1, frame.size(2), frame.size(3), 2);

    private static Tensor Whole(Tensor affine) => cat([affine, tensor(new double[] { 0, 0, 1 }, [1, 1, 3]).to(affine.dtype)], 1);
}
